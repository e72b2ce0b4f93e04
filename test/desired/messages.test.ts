import { describe, expect, it } from 'vitest';
import { pathsFrom, urlsFrom } from '../../src/cli/displayPaths.ts';
import {
  formatProblem,
  toGithub,
  toLines,
  toSarif,
  type Findings,
} from '../../src/desired/problems/formats.ts';
import type { Problem } from '../../src/model/resource.ts';
import { nearest } from '../../src/desired/problems/nearest.ts';
import { collectProblems, joinWithOr, quote } from '../../src/desired/problems/problems.ts';
import { topLevelField } from '../../src/desired/resolve/scope.ts';
import { reasonOf } from '../../src/model/files/readBounded.ts';
import {
  durationOf,
  listenOf,
  percentOf,
  textForms,
} from '../../src/desired/validate/textForms.ts';
import { variableFor } from '../../src/desired/settings/environment.ts';

const at = { file: 'team.yaml', line: 3, column: 5 };
const coded = (code: string) => Object.assign(new Error(code), { code });

describe('the nearest word', () => {
  it.each<{ word: string; words: string; expected: string | undefined; because: string }>([
    {
      word: 'machineTyp',
      words: 'machine machineType',
      expected: 'machineType',
      because: 'a letter is missing',
    },
    {
      word: 'nmae',
      words: 'name',
      expected: 'name',
      because: 'two letters are swapped in a short word',
    },
    {
      word: 'naem',
      words: 'name',
      expected: 'name',
      because: 'two letters are swapped at the end',
    },
    {
      word: 'nmae',
      words: 'names',
      expected: undefined,
      because: 'a swap and another change are two mistakes',
    },
    {
      word: 'name',
      words: 'axme',
      expected: undefined,
      because: 'one letter is moved and another changed',
    },
    {
      word: 'name',
      words: 'xnme',
      expected: undefined,
      because: 'one letter is changed and another moved',
    },
    {
      word: 'nome',
      words: 'tame name',
      expected: 'name',
      because: 'the nearest wins over an earlier one',
    },
    {
      word: 'machine',
      words: 'machines Machine',
      expected: 'Machine',
      because: 'a difference in case is smaller',
    },
    { word: 'xyregion', words: 'region', expected: 'region', because: 'two extra letters' },
    {
      word: 'wxyzregion',
      words: 'region',
      expected: undefined,
      because: 'four extra letters are too many',
    },
    { word: 'regoin', words: 'region', expected: 'region', because: 'two letters are swapped' },
    { word: 'Machines', words: 'machines', expected: 'machines', because: 'case is ignored' },
    {
      word: 'trainer-2',
      words: 'trainer-1 trainer-3',
      expected: 'trainer-1',
      because: 'the first of several',
    },
    { word: 'tags', words: 'secrets models', expected: undefined, because: 'no word is near' },
    { word: 'ab', words: 'cd ac', expected: undefined, because: 'half of the word differs' },
    { word: 'on', words: 'off', expected: undefined, because: 'half of the word differs' },
    { word: '', words: 'a', expected: undefined, because: 'an empty word is near no other' },
    {
      word: 'x'.repeat(129),
      words: 'x'.repeat(128),
      expected: undefined,
      because: 'a long text is not a typo',
    },
    {
      word: 'x'.repeat(128),
      words: 'x'.repeat(127),
      expected: 'x'.repeat(127),
      because: 'a name of the maximum length',
    },
  ])('$word: $because', ({ word, words, expected }) => {
    expect(nearest(word, words.split(' '))).toBe(expected);
  });

  it('the search has a limit on its work, over thousands of problems', () => {
    const problems = collectProblems();
    const words = Array.from({ length: 10_000 }, (_, i) => `trainer-${i}`);
    const hints = Array.from({ length: 200 }, () => problems.hint('traner-1', words));
    expect(hints[0]).toBe('; did you mean trainer-1?');
    expect(hints.at(-1)).toBe('');
  });
});

it.each<{ word: string; expected: string; because: string }>([
  { word: 'machine', expected: '; did you mean machines?', because: 'a plain word has no quotes' },
  { word: 'my net', expected: '; did you mean "my nets"?', because: 'several words are quoted' },
  {
    word: 'ada@example.con',
    expected: '; did you mean ada@example.com?',
    because: 'an e-mail address counts as a word',
  },
  { word: 'x-1.b', expected: '; did you mean x-1.a?', because: 'so does a name with punctuation' },
  { word: 'tags', expected: '', because: 'no word is near' },
])('the hint for $word: $because', ({ word, expected }) => {
  const words = ['machines', 'my nets', 'ada@example.com', 'x-1.a'];
  expect(collectProblems().hint(word, words)).toBe(expected);
});

describe('user text in messages', () => {
  it.each<{ text: string; expected: string; because: string }>([
    { text: 'a', expected: '"a"', because: 'it is quoted' },
    {
      text: 'a\u{1b}[31m\nb',
      expected: '"a\\u{1b}[31m\\u{a}b"',
      because: 'control codes and line breaks are escaped',
    },
    {
      text: '\u{202e}x\u{2028}',
      expected: '"\\u{202e}x\\u{2028}"',
      because: 'direction marks are escaped',
    },
    {
      text: 'x'.repeat(128),
      expected: `"${'x'.repeat(128)}"`,
      because: 'a name is shown completely',
    },
    {
      text: 'x'.repeat(200),
      expected: `"${'x'.repeat(127)}…"`,
      because: 'a longer text is shortened',
    },
  ])('$because', ({ text, expected }) => {
    expect(quote(text)).toBe(expected);
  });

  it('either joins words, and shortens long lists', () => {
    expect(joinWithOr([])).toBe('');
    expect(joinWithOr(['a'])).toBe('a');
    expect(joinWithOr(['a', 'b'])).toBe('a or b');
    expect(joinWithOr(['a', 'b', 'c'])).toBe('a, b or c');
    expect(joinWithOr(Array.from({ length: 12 }, (_, i) => `${i}`))).toBe(
      '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 or 11',
    );
    expect(joinWithOr(Array.from({ length: 20 }, (_, i) => `${i}`))).toBe(
      '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 or …',
    );
  });
});

describe('problems', () => {
  it('are kept once for each position, rule, and subject, sorted by position', () => {
    const problems = collectProblems([{ ...at, line: 9, rule: 'x', message: 'known' }]);
    problems.add({ ...at, line: 4 }, 'wrong-value', 'second');
    problems.add(at, 'missing-field', 'a', 'a');
    problems.add(at, 'missing-field', 'b', 'b');
    problems.add(at, 'missing-field', 'a again', 'a');
    problems.add({ ...at, file: 'a.yaml', line: 99 }, 'wrong-value', 'first');
    expect(problems.list().map(({ message }) => message)).toEqual([
      'first',
      'a',
      'b',
      'second',
      'known',
    ]);
  });

  it('are distinguished even if positions look alike; a number is not two mistakes', () => {
    const problems = collectProblems();
    problems.add({ ...at, line: 1, column: 11 }, 'syntax', 'in the first line');
    problems.add({ ...at, line: 11, column: 1 }, 'syntax', 'in the eleventh');
    problems.add(at, 'unsafe-integer', 'too large');
    problems.add(at, 'wrong-value', 'no such size');
    expect(problems.list().map(({ message }) => message)).toEqual([
      'in the first line',
      'too large',
      'in the eleventh',
    ]);
  });

  it('have invisible characters escaped, whichever part of a message contains them', () => {
    const problems = collectProblems();
    problems.add(at, 'wrong-value', 'of \u{202e}x\u{ffff} and\ny');
    expect(problems.list()[0]?.message).toBe('of \\u{202e}x\\u{ffff} and\\u{a}y');
  });

  const problem = { ...at, rule: 'wrong-value', message: '100% wrong,\nof a: b' };

  it('as lines', () => {
    expect(formatProblem(problem)).toBe('team.yaml:3:5: 100% wrong,\nof a: b');
  });

  const inRepository = pathsFrom('/repo', '/repo/config');
  const wrong = (...problems: readonly Problem[]): Findings => ({ problems, warnings: [] });

  it('with warnings, which are not errors', () => {
    const findings = { problems: [problem], warnings: [{ ...problem, message: 'odd' }] };
    expect(toLines(findings)).toBe(
      String.raw`team.yaml:3:5: 100% wrong,\u000aof a: b` + '\nteam.yaml:3:5: warning: odd\n',
    );
    expect(toGithub(findings, inRepository)).toMatch(
      /^::error .*\n::warning file=config\/team\.yaml,line=3,col=5,title=wrong-value::odd\n$/,
    );
    expect(toSarif(findings, inRepository)).toMatchObject({
      runs: [{ results: [{ level: 'error' }, { level: 'warning', message: { text: 'odd' } }] }],
    });
  });

  it('of a variable or a flag instead of a file', () => {
    const problems = wrong(
      { ...problem, file: 'HOLDFAST_MODE', message: 'm' },
      { ...problem, file: '--server-token', message: 'm' },
    );
    expect(toGithub(problems, inRepository)).toBe(
      '::error title=wrong-value::HOLDFAST_MODE: m\n::error title=wrong-value::--server-token: m\n',
    );
    expect(toSarif(problems, inRepository)).toMatchObject({
      runs: [
        {
          results: [
            { message: { text: 'HOLDFAST_MODE: m' } },
            { message: { text: '--server-token: m' } },
          ],
        },
      ],
    });
  });

  it.each([
    { root: '/repo', config: '/repo/a/config', path: 'a/config/t.yaml', url: 'a/config/t.yaml' },
    { root: '/repo', config: '/repo', path: 't.yaml', url: 't.yaml' },
    {
      root: '/repo',
      config: '/etc/hold fast',
      path: '/etc/hold fast/t.yaml',
      url: 'file:///etc/hold%20fast/t.yaml',
    },
  ])('in $config are named relative to $root: $path', ({ root, config, path, url }) => {
    expect(pathsFrom(root, config)('t.yaml')).toBe(path);
    expect(urlsFrom(root, config)('t.yaml')).toBe(url);
  });

  it('as GitHub annotations', () => {
    expect(toGithub(wrong(problem, { ...problem, file: 'a,b:c.yaml' }), inRepository)).toBe(
      '::error file=config/team.yaml,line=3,col=5,title=wrong-value::100%25 wrong,%0Aof a: b\n' +
        '::error file=config/a%2Cb%3Ac.yaml,line=3,col=5,title=wrong-value::100%25 wrong,%0Aof a: b\n',
    );
    expect(toGithub(wrong({ ...problem, message: 'a\r\nb' }), inRepository)).toContain(
      '::a%0D%0Ab\n',
    );
    expect(toGithub(wrong(), inRepository)).toBe('');
  });

  it('as SARIF', () => {
    expect(
      toSarif(
        wrong(problem, { ...problem, file: 'sub/ü b.yaml' }, { ...problem, rule: 'new-rule' }),
        urlsFrom('/repo', '/repo/config'),
      ),
    ).toMatchObject({
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'holdfast',
              rules: [
                {
                  id: 'wrong-value',
                  shortDescription: { text: 'A value that the field does not take.' },
                },
                { id: 'new-rule', shortDescription: { text: 'new-rule' } },
              ],
            },
          },
          columnKind: 'utf16CodeUnits',
          results: [
            {
              ruleId: 'wrong-value',
              level: 'error',
              message: { text: '100% wrong,\nof a: b' },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'config/team.yaml' },
                    region: { startLine: 3, startColumn: 5 },
                  },
                },
              ],
            },
            {
              locations: [
                { physicalLocation: { artifactLocation: { uri: 'config/sub/%C3%BC%20b.yaml' } } },
              ],
            },
            { ruleId: 'new-rule' },
          ],
        },
      ],
    });
    expect(toSarif(wrong(), inRepository)).toMatchObject({ runs: [{ results: [] }] });
  });
});

describe('text formats', () => {
  it.each<[string, number | undefined]>([
    ['30s', 30_000],
    ['2m', 120_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1d', 86_400_000],
    ['0s', undefined],
    ['30', undefined],
    ['', undefined],
    ['1h 30m', undefined],
    ['-1s', undefined],
    ['1.5h', undefined],
    ['5x', undefined],
    ['5mm', undefined],
    ['1h5x', undefined],
    ['in 5s', undefined],
    ['5s!', undefined],
    ['999999999ms', 999_999_999],
    ['1000000000ms', undefined],
  ])('the duration %s', (text, milliseconds) => {
    expect(durationOf(text)).toBe(milliseconds);
  });

  it.each<[string, number | undefined]>([
    ['30%', 30],
    ['2.5 %', 2.5],
    ['100%', 100],
    ['0%', 0],
    ['100.5%', undefined],
    ['2.125%', 2.125],
    ['101%', undefined],
    ['1000%', undefined],
    ['x30%', undefined],
    ['30%x', undefined],
    ['30', undefined],
    ['%', undefined],
  ])('the percentage %s', (text, percent) => {
    expect(percentOf(text)).toBe(percent);
  });

  it.each<[string, { host: string; port: number } | undefined]>([
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::]:80', { host: '::', port: 80 }],
    [':8080', undefined],
    ['localhost', undefined],
    ['localhost:65535', { host: 'localhost', port: 65_535 }],
    ['localhost:65536', undefined],
    ['localhost:80/x', undefined],
    ['http://localhost:80', undefined],
    ['::1:80', undefined],
  ])('the address %s', (text, address) => {
    expect(listenOf(text)).toEqual(address);
  });

  it.each<[string, string, boolean]>([
    ['cron-expression', '*/5 * * * *', true],
    ['cron-expression', '30 0 2 * * Mon-Fri', true],
    ['cron-expression', '61 * * * *', false],
    ['cron-expression', `${'0,'.repeat(123)}10 * * * *`, true],
    ['cron-expression', `${'0,'.repeat(124)}0 * * * *`, false],
    ['cron-expression', '* '.repeat(1000), false],
    ['listen-address', 'localhost:80', true],
    ['listen-address', 'localhost', false],
    ['time-span', '5s', true],
    ['time-span', '5', false],
    ['share', '5%', true],
    ['share', '5', false],
    ['uri', 'urn:a', true],
    ['uri', 'a b', false],
    ['time-zone', 'Europe/Berlin', true],
    ['time-zone', 'Berlin', false],
    ['store', 'sqlite:a', true],
    ['store', 'sqlite:', false],
    ['store', 'postgresql://a/b', true],
    ['store', 'postgres://', false],
    ['store', 'mysql://a/b', false],
    ['store', 'not sqlite:a', false],
    ['store', 'mypostgres://a/b', false],
    ['web-url', 'https://a.example', true],
    ['web-url', 'http://a.example', true],
    ['web-url', 'https://', false],
    ['web-url', 'xhttps://a.example', false],
    ['web-url', 'file:///etc/passwd', false],
    ['public-url', 'https://gpu.example.com', true],
    ['public-url', 'http://10.0.0.1:8080/holdfast', true],
    ['public-url', 'https://ada:secret@gpu.example.com', false],
    ['public-url', 'https://gpu.example.com/?token=secret', false],
    ['public-url', 'https://gpu.example.com/#top', false],
    ['public-url', 'gpu.example.com', false],
    ['public-url', `https://${'x'.repeat(2048)}.example`, false],
    ['email', 'ada@example.com', true],
    ['email', 'ada', false],
    ['email', 'ada lovelace@example.com', false],
    ['email', 'ada@example.com, bob', false],
    ['ipv4', '203.0.113.7', true],
    ['ipv4', '203.0.113', false],
  ])('%s: %s', (form, text, valid) => {
    expect(textForms[form]?.valid(text)).toBe(valid);
  });
});

it.each<{ error: unknown; expected: string }>([
  { error: coded('ENOENT'), expected: 'does not exist' },
  { error: coded('ENOTDIR'), expected: 'is not a directory' },
  { error: coded('EACCES'), expected: 'cannot be read: permission denied' },
  { error: coded('EPERM'), expected: 'cannot be read: permission denied' },
  { error: coded('ELOOP'), expected: 'is a link that leads back to itself' },
  { error: coded('ENAMETOOLONG'), expected: 'has too long a name' },
  { error: coded('EIO'), expected: 'cannot be read (EIO)' },
  { error: new Error('lost'), expected: 'cannot be read (Error: lost)' },
  { error: 'lost', expected: 'cannot be read (lost)' },
])('the reason why a file cannot be read: $expected', ({ error, expected }) => {
  expect(reasonOf(error)).toBe(expected);
});

it.each([
  ['s3Config.bucket', 's3Config'],
  ['tags[1].name', 'tags'],
  ['template', 'template'],
])('%s begins with the field %s', (path, field) => {
  expect(topLevelField(path)).toBe(field);
});

it('variableFor converts a path to the name of a variable', () => {
  expect(variableFor(['throttle', 'requestsPerSecond'])).toBe(
    'HOLDFAST_THROTTLE_REQUESTS_PER_SECOND',
  );
  expect(variableFor(['mode'])).toBe('HOLDFAST_MODE');
});
