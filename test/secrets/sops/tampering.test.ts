import { describe, expect, it } from 'vitest';
import { fixture, readSops } from './fixtures.ts';

const encrypted = (key: string): RegExp =>
  new RegExp(`(?<=\\b${key}(?:: |=|": "))ENC\\[[^\\]]*\\]`);

/** The encrypted value of a key. */
function cut(content: string, key: string): string {
  const [value] = encrypted(key).exec(content) ?? [];
  if (value === undefined) throw new Error(`there is no ${key}`);
  return value;
}

const swap = (content: string, a: string, b: string): string => {
  const [first, second] = [cut(content, a), cut(content, b)];
  return content.replace(first, 'FIRST').replace(second, first).replace('FIRST', second);
};

const lines = (content: string, change: (all: string[]) => string[]): string =>
  change(content.split('\n')).join('\n');

const without = (content: string, start: string): string =>
  lines(content, (all) => all.filter((line) => !line.trimStart().startsWith(start)));

const changedMac = /^refused: was changed after it was encrypted: its MAC does not match/;
const changedValue = (path: string): RegExp =>
  new RegExp(
    `^refused: has changed: the value at ${path} was changed, or moved here from another place$`,
  );

interface Row {
  readonly file?: string;
  readonly key?: string;
  readonly change: (content: string) => string;
  readonly is: RegExp;
  readonly because: string;
}

const rows: readonly Row[] = [
  {
    change: (content) => content.replace(cut(content, 'password'), cut(content, 'user')),
    is: changedValue('db.password'),
    because: 'a value of another place is copied here',
  },
  {
    change: (content) => swap(content, 'user', 'password'),
    is: changedValue('db.user'),
    because: 'two values are exchanged',
  },
  {
    change: (content) =>
      content.replace(
        /^( {4}- ENC.*)\n( {4}- ENC.*)$/m,
        (_, first, second) => `${second}\n${first}`,
      ),
    is: changedMac,
    because: 'items of a list are reordered, which no path shows',
  },
  {
    change: (content) =>
      content.replace(
        /^( {4}user:.*)\n( {4}password:.*)$/m,
        (_, first, second) => `${second}\n${first}`,
      ),
    is: changedMac,
    because: 'keys are reordered',
  },
  { change: (content) => without(content, 'user:'), is: changedMac, because: 'a value is removed' },
  {
    change: (content) => content.replace('ny2', 'ny3'),
    is: changedMac,
    because: 'an unencrypted value is changed',
  },
  {
    change: (content) => content.replace('count_unencrypted: 12', 'count_unencrypted: 13'),
    is: changedMac,
    because: 'an unencrypted number is changed',
  },
  {
    change: (content) => content.replace('on_unencrypted: true', 'on_unencrypted: "true"'),
    is: changedMac,
    because: 'an unencrypted boolean becomes a text',
  },
  {
    change: (content) => `evil_unencrypted: x\n${content}`,
    is: changedMac,
    because: 'an unencrypted value is added',
  },
  {
    change: (content) => content.replace(cut(content, 'user'), 'root'),
    is: /^refused: has changed: the value at db.user is not in the form ENC\[…\]$/,
    because: 'an encrypted value is replaced by plain text',
  },
  {
    change: (content) => content.replace(cut(content, 'port'), '5432'),
    is: /^refused: has changed: the value at db.port is not encrypted$/,
    because: 'an encrypted value is replaced by a plain number, even the right one',
  },
  {
    change: (content) => content.replace(cut(content, 'password'), '""'),
    is: changedMac,
    because: 'an encrypted value is emptied',
  },
  {
    change: (content) =>
      content.replace(cut(content, 'password'), (value) =>
        value.replace(/tag:[^,]{12}[^,]+/, (tag) => tag.slice(0, 12) + '=='),
      ),
    is: /^refused: has changed: the value at db.password is not in the form ENC\[…\]$/,
    because: 'a tag is truncated',
  },
  {
    change: (content) =>
      content.replace(cut(content, 'password'), (value) =>
        value
          .replace('type:str', 'type:int')
          .replace(/data:./, (data) => (data.endsWith('A') ? 'data:B' : 'data:A')),
      ),
    is: changedValue('db.password'),
    because: 'a bit of a value is changed',
  },
  {
    change: (content) =>
      content.replace(cut(content, 'password'), (value) =>
        value.replace('type:str', 'type:comment'),
      ),
    is: /^refused: has changed: the value at db.password has an unknown type$/,
    because: 'a value that becomes a comment would leave the MAC',
  },
  {
    change: (content) => content.replace(/lastmodified: "\d{4}/, 'lastmodified: "2020'),
    is: changedMac,
    because: 'the time of the MAC is changed',
  },
  {
    change: (content) => content.replace(cut(content, 'mac'), cut(content, 'password')),
    is: changedMac,
    because: 'the MAC is another value',
  },
  {
    change: (content) => content.replace(cut(content, 'mac'), '""'),
    is: changedMac,
    because: 'the MAC is empty',
  },
  {
    change: (content) => content.replace('unencrypted_suffix: _unencrypted', 'encrypted_suffix: x'),
    is: changedMac,
    because: 'the rule is changed so that no value counts as encrypted',
  },
  {
    change: (content) =>
      content.replace('    lastmodified', '    mac_only_encrypted: true\n    lastmodified'),
    is: changedMac,
    because: 'the MAC shall cover less',
  },
  {
    file: 'documents.yaml',
    key: 'token',
    change: (content) => content.split('\n---\n').toReversed().join('\n---\n'),
    is: changedMac,
    because: 'documents are reordered',
  },
  {
    file: 'secrets.json',
    change: (content) => lines(content, (all) => all.filter((line) => !line.includes('zebra'))),
    is: changedMac,
    because: 'a value is removed from JSON',
  },
  {
    file: 'secrets.json',
    change: (content) => swap(content, 'zebra', '10'),
    is: changedValue('zebra'),
    because: 'values of JSON are exchanged',
  },
  {
    file: 'secrets.env',
    key: 'TOKEN',
    change: (content) => content.replace('ny2', 'ny3'),
    is: changedMac,
    because: 'an unencrypted value of dotenv is changed',
  },
  {
    file: 'mac-only-encrypted.yaml',
    key: 'data.password',
    change: (content) => without(content, 'port: ENC'),
    is: changedMac,
    because: 'an encrypted value is removed from a MAC over encrypted values',
  },
  {
    file: 'mac-only-encrypted.yaml',
    key: 'data.password',
    change: (content) => content.replace(/\n *mac_only_encrypted: true/, ''),
    is: changedMac,
    because: 'the MAC shall cover more',
  },
];

describe('a SOPS file that was changed', () => {
  it.each(rows)(
    'is refused: $because',
    async ({ file = 'secrets.yaml', key = 'db.password', change, is }) => {
      const content = await fixture(file);
      const changed = change(content);
      expect(changed).not.toBe(content);
      const told = await readSops({ name: file, content: changed }, key);
      expect(told).toMatch(is);
      expect(told).not.toMatch(/hunter2|holdfast|5432|ENC\[A/);
    },
  );

  it('is accepted if only comments or the layout changed, which no MAC covers', async () => {
    const content = `# more\n${without(await fixture('secrets.yaml'), '#ENC')}`;
    expect(await readSops({ name: 'a.yaml', content }, 'db.port')).toBe('5432');
  });
});
