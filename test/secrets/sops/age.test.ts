import { describe, expect, it } from 'vitest';
import { fixture, identityFile, readFixture, readSops, withIdentity } from './fixtures.ts';
import { readFile } from 'node:fs/promises';

describe('a value of a SOPS file with an age recipient', () => {
  it.each([
    { file: 'secrets.yaml', key: 'db.password', is: 'hunter2 "é" 🔑', because: 'a text' },
    { file: 'secrets.yaml', key: 'db.port', is: '5432', because: 'an integer' },
    { file: 'secrets.yaml', key: 'db.large', is: `1${'0'.repeat(30)}`, because: 'a float' },
    { file: 'secrets.yaml', key: 'db.ratio', is: '0.000001', because: 'a small float' },
    { file: 'secrets.yaml', key: 'db.tls', is: 'true', because: 'a boolean' },
    { file: 'secrets.yaml', key: 'no', is: 'yes', because: 'words that were booleans once' },
    {
      file: 'secrets.yaml',
      key: 'db.certificate',
      is: '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n',
      because: 'a text of several lines is returned unchanged',
    },
    { file: 'secrets.yaml', key: 'since', is: '2024-05-01T10:00:00.5+02:00', because: 'a time' },
    { file: 'secrets.yaml', key: 'region_unencrypted', is: 'ny2', because: 'the MAC covers it' },
    { file: 'documents.yaml', key: 'token', is: 'first', because: 'the first of two documents' },
    { file: 'secrets.json', key: 'db.password', is: 'hunter2 "é" 🔑\t', because: 'JSON' },
    {
      file: 'secrets.json',
      key: '10',
      is: 'ten',
      because: 'keys that are numbers keep their order',
    },
    { file: 'secrets.env', key: 'TOKEN', is: 'hunter2 = é', because: 'dotenv' },
    { file: 'secrets.env', key: 'MULTI', is: 'first\nsecond', because: 'lines in dotenv' },
    { file: 'two-recipients.yaml', key: 'data.password', is: 'hunter2', because: 'one is enough' },
    { file: 'encrypted-regex.yaml', key: 'data.password', is: 'hunter2', because: 'its rule' },
    { file: 'unencrypted-regex.yaml', key: 'data.password', is: 'hunter2', because: 'its rule' },
    { file: 'ignored-case.yaml', key: 'data.port', is: '5432', because: 'Go writes (?i)' },
    { file: 'encrypted-suffix.yaml', key: 'password_secret', is: 'hunter2', because: 'its rule' },
    { file: 'mac-only-encrypted.yaml', key: 'data.port', is: '5432', because: 'its MAC' },
    { file: 'mac-only-encrypted.env', key: 'TOKEN', is: 'hunter2 = é', because: 'its MAC' },
  ])('$key of $file is $is: $because', async ({ file, key, is }) => {
    expect(await readFixture(file, key)).toBe(is);
  });

  it.each([
    { file: 'secrets.yaml', key: 'db', is: 'has no single value there', because: 'a map' },
    { file: 'secrets.yaml', key: 'hosts', is: 'has no single value there', because: 'a list' },
    { file: 'secrets.yaml', key: 'db.nothing', is: 'has no single value there', because: 'null' },
    { file: 'secrets.yaml', key: 'sops.mac', is: 'has no single value there', because: 'metadata' },
    { file: 'secrets.yaml', key: '__proto__', is: 'has no single value there', because: 'missing' },
    { file: 'secrets.yaml', key: 'db.empty', is: 'has an empty value there', because: 'empty' },
    {
      file: 'mac-only-encrypted.yaml',
      key: 'metadata.name',
      is: 'does not encrypt that value, and its MAC does not cover it; encrypt it',
      because: 'anybody could have changed it',
    },
  ])('$key of $file is refused: $because', async ({ file, key, is }) => {
    expect(await readFixture(file, key)).toBe(`refused: ${is}`);
  });
});

describe('age identities', () => {
  const key = 'data.password';
  const read = (env: Readonly<Record<string, string>>, file = 'encrypted-regex.yaml') =>
    readFixture(file, key, { PATH: '/nonexistent', ...env });

  it('are also read from SOPS_AGE_KEY, among comments and other identities', async () => {
    const text = await readFile(identityFile, 'utf8');
    expect(await read({ SOPS_AGE_KEY: text })).toBe('hunter2');
    const other = 'AGE-SECRET-KEY-1QQQQQQQQ';
    const ssh = '-----BEGIN OPENSSH PRIVATE KEY-----';
    expect(await read({ SOPS_AGE_KEY: `${other}\r\n${ssh}\n${text}` })).toBe('hunter2');
  });

  const none = (fault: string): RegExp =>
    new RegExp(
      `^refused: is encrypted for age age1\\w+, and there is no key for that${fault}; set SOPS_AGE_KEY or SOPS_AGE_KEY_FILE to the identity of an age recipient, or install the program sops$`,
    );

  it('that are missing or do not fit are named by the recipients of the file', async () => {
    expect(await read({})).toMatch(none(''));
    expect(await read({ SOPS_AGE_KEY_FILE: identityFile }, 'for-another.yaml')).toMatch(none(''));
  });

  it('that cannot be read are named without their text', async () => {
    expect(await read({ SOPS_AGE_KEY_FILE: '/nonexistent/key' })).toMatch(
      none(' \\(SOPS_AGE_KEY_FILE \\(/nonexistent/key\\) does not exist\\)'),
    );
    expect(await read({ SOPS_AGE_KEY: '# key\nhunter2' })).toMatch(
      none(' \\(line 2 of SOPS_AGE_KEY is not an age identity\\)'),
    );
  });
});

describe('a SOPS file that needs the program', () => {
  it.each([
    {
      file: 'comment-rule.yaml',
      is: /^refused: is encrypted by a rule that only sops itself evaluates; use a suffix instead, or install the program sops$/,
      because: 'comments decide what is encrypted',
    },
    {
      file: 'key-groups.yaml',
      is: /^refused: needs keys of several key groups \(age age1\w+, age age1\w+\); use one key group, or/,
      because: 'the data key is shared',
    },
    {
      file: 'key-groups.env',
      is: /^refused: needs keys of several key groups \(age age1\w+, age age1\w+\); use one key group, or/,
      because: 'dotenv nests the groups in names',
    },
    { file: 'secrets.ini', is: /^refused: the program sops is not installed$/, because: 'INI' },
  ])('$file, without it, is refused: $because', async ({ file, is }) => {
    expect(await readFixture(file, 'x')).toMatch(is);
  });
});

describe('a file that is no SOPS file', () => {
  const notSops =
    'refused: is not a SOPS file: it has no `sops` with a `mac`; encrypt it with sops';

  it.each([
    { name: 'a.yaml', content: 'password: hunter2', is: notSops, because: 'not encrypted' },
    { name: 'a.yaml', content: 'sops: { age: [] }', is: notSops, because: 'no mac' },
    { name: 'a.yaml', content: '', is: notSops, because: 'empty' },
    { name: 'a.env', content: 'A=hunter2', is: notSops, because: 'not encrypted' },
    {
      name: 'a.env',
      content: 'hunter2',
      is: 'refused: has a line without `=`',
      because: 'no dotenv',
    },
    { name: 'a.yaml', content: '- hunter2', is: 'refused: is not a map', because: 'a list' },
    { name: 'a.yaml', content: 'a: [hunter2', is: 'refused: is not valid YAML', because: 'syntax' },
    { name: 'a.json', content: 'hunter2', is: 'refused: is not valid JSON', because: 'syntax' },
    {
      name: 'a.yaml',
      content: 'a: &a hunter2\nb: *a\n',
      is: 'refused: has an alias, which sops does not write',
      because: 'aliases multiply',
    },
    {
      name: 'a.yaml',
      content: '[1, 2]: hunter2',
      is: 'refused: has a key that is not a string',
      because: 'sops refuses it too',
    },
    {
      name: 'a.yaml',
      content: '['.repeat(500_000),
      is: 'refused: is not valid YAML',
      because: 'it nests deeper than the stack',
    },
    {
      name: 'a.json',
      content: `{ "a": 1, "a": 2, "sops": { "mac": "" } }`,
      is: 'refused: is not valid JSON',
      because: 'of repeated keys, programs take different ones',
    },
  ])('$because', async ({ name, content, is }) => {
    expect(await readSops({ name, content }, 'a')).toBe(is);
  });

  it('is refused without waiting for an expression that backtracks for ever', async () => {
    const content = (await fixture('encrypted-regex.yaml'))
      .replace('^(data|stringData)$', '^(a+)+$')
      .replace('kind:', `${'a'.repeat(60)}b:`);
    expect(await readSops({ name: 'a.yaml', content }, 'data.password')).toMatch(
      /^refused: is encrypted by a rule that only sops itself evaluates/,
    );
  });

  it('is not given to the program if its age key fits', async () => {
    const content = (await fixture('secrets.yaml')).replace('ny2', 'ny3');
    const env = { ...withIdentity, PATH: process.env['PATH'] };
    expect(await readSops({ name: 'a.yaml', content }, 'db.port', env)).toMatch(/MAC/);
  });
});
