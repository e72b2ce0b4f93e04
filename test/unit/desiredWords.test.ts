import { describe, expect, it } from 'vitest';
import { formatProblem, toGithub, toSarif } from '../../src/desired/formats.ts';
import { nearest } from '../../src/desired/nearest.ts';
import { collectProblems, either, quote } from '../../src/desired/problems.ts';
import { durationOf, listenOf, percentOf, textForms } from '../../src/desired/textForms.ts';
import { variableFor } from '../../src/desired/environment.ts';

const at = { file: 'team.yaml', line: 3, column: 5 };

describe('the nearest word', () => {
  it.each<{ word: string; words: string; is: string | undefined; because: string }>([
    {
      word: 'machineTyp',
      words: 'machine machineType',
      is: 'machineType',
      because: 'a letter is missing',
    },
    { word: 'regoin', words: 'region', is: 'region', because: 'two are swapped' },
    { word: 'Machines', words: 'machines', is: 'machines', because: 'case says nothing' },
    {
      word: 'trainer-2',
      words: 'trainer-1 trainer-3',
      is: 'trainer-1',
      because: 'the first of several',
    },
    { word: 'tags', words: 'secrets models', is: undefined, because: 'nothing is near' },
    { word: 'ab', words: 'cd ac', is: undefined, because: 'half of a word is too much' },
    { word: 'on', words: 'off', is: undefined, because: 'half of a word is too much' },
    { word: '', words: 'a', is: undefined, because: 'nothing is not near anything' },
    {
      word: 'x'.repeat(129),
      words: 'x'.repeat(128),
      is: undefined,
      because: 'long texts are no slips',
    },
  ])('$word: $because', ({ word, words, is }) => {
    expect(nearest(word, words.split(' '))).toBe(is);
  });

  it('is looked for until it would take long, in thousands of problems', () => {
    const problems = collectProblems();
    const words = Array.from({ length: 10_000 }, (_, i) => `trainer-${i}`);
    const hints = Array.from({ length: 200 }, () => problems.hint('traner-1', words));
    expect(hints[0]).toBe('; did you mean trainer-1?');
    expect(hints.at(-1)).toBe('');
  });
});

describe('words of the user in messages', () => {
  it.each<{ text: string; is: string; because: string }>([
    { text: 'a', is: '"a"', because: 'quoted' },
    { text: 'a\u{1b}[31m\nb', is: '"a\\u{1b}[31m\\u{a}b"', because: 'no colours, no line ends' },
    { text: '\u{202e}x\u{2028}', is: '"\\u{202e}x\\u{2028}"', because: 'nothing turned round' },
    { text: 'x'.repeat(200), is: `"${'x'.repeat(127)}…"`, because: 'not too long' },
  ])('$because', ({ text, is }) => {
    expect(quote(text)).toBe(is);
  });

  it('lists are read aloud, and end', () => {
    expect(either(['a'])).toBe('a');
    expect(either(['a', 'b', 'c'])).toBe('a, b or c');
    expect(either(Array.from({ length: 20 }, (_, i) => `${i}`))).toBe(
      '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 or …',
    );
  });
});

describe('problems', () => {
  it('are kept once for each place, rule and subject, and sorted by place', () => {
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

  it('are told without what nobody sees, whoever put it into a message', () => {
    const problems = collectProblems();
    problems.add(at, 'wrong-value', 'of \u{202e}x\u{ffff} and\ny');
    expect(problems.list()[0]?.message).toBe('of \\u{202e}x\\u{ffff} and\\u{a}y');
  });

  const problem = { ...at, rule: 'wrong-value', message: '100% wrong,\nof a: b' };

  it('as lines', () => {
    expect(formatProblem(problem)).toBe('team.yaml:3:5: 100% wrong,\nof a: b');
  });

  it('as annotations of GitHub', () => {
    expect(toGithub([problem, { ...problem, file: 'a,b:c.yaml' }])).toBe(
      '::error file=team.yaml,line=3,col=5,title=wrong-value::100%25 wrong,%0Aof a: b\n' +
        '::error file=a%2Cb%3Ac.yaml,line=3,col=5,title=wrong-value::100%25 wrong,%0Aof a: b\n',
    );
    expect(toGithub([])).toBe('');
  });

  it('as SARIF', () => {
    expect(toSarif([problem, { ...problem, file: 'sub/ü b.yaml' }])).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'holdfast', rules: [{ id: 'wrong-value' }] } },
          results: [
            {
              ruleId: 'wrong-value',
              level: 'error',
              message: { text: '100% wrong,\nof a: b' },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'team.yaml' },
                    region: { startLine: 3, startColumn: 5 },
                  },
                },
              ],
            },
            {
              locations: [
                { physicalLocation: { artifactLocation: { uri: 'sub/%C3%BC%20b.yaml' } } },
              ],
            },
          ],
        },
      ],
    });
    expect(toSarif([])).toMatchObject({ runs: [{ results: [] }] });
  });
});

describe('texts of a form', () => {
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
  ])('the duration %s', (text, milliseconds) => {
    expect(durationOf(text)).toBe(milliseconds);
  });

  it.each<[string, number | undefined]>([
    ['30%', 30],
    ['2.5 %', 2.5],
    ['100%', 100],
    ['0%', 0],
    ['101%', undefined],
    ['30', undefined],
    ['%', undefined],
  ])('the share %s', (text, percent) => {
    expect(percentOf(text)).toBe(percent);
  });

  it.each<[string, { host: string; port: number } | undefined]>([
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::]:80', { host: '::', port: 80 }],
    [':8080', undefined],
    ['localhost', undefined],
    ['localhost:65536', undefined],
    ['::1:80', undefined],
  ])('the address %s', (text, address) => {
    expect(listenOf(text)).toEqual(address);
  });

  it.each<[string, string, boolean]>([
    ['cron-expression', '*/5 * * * *', true],
    ['cron-expression', '30 0 2 * * Mon-Fri', true],
    ['cron-expression', '61 * * * *', false],
    ['cron-expression', '* '.repeat(1000), false],
    ['time-zone', 'Europe/Berlin', true],
    ['time-zone', 'Berlin', false],
    ['store', 'sqlite:a', true],
    ['store', 'sqlite:', false],
    ['store', 'postgresql://a/b', true],
    ['store', 'mysql://a/b', false],
    ['web-url', 'https://a.example', true],
    ['web-url', 'file:///etc/passwd', false],
    ['email', 'ada@example.com', true],
    ['email', 'ada', false],
    ['ipv4', '203.0.113.7', true],
    ['ipv4', '203.0.113', false],
  ])('%s: %s', (form, text, valid) => {
    expect(textForms[form]?.valid(text)).toBe(valid);
  });
});

it('names the variable of a setting', () => {
  expect(variableFor(['throttle', 'requestsPerSecond'])).toBe(
    'HOLDFAST_THROTTLE_REQUESTS_PER_SECOND',
  );
  expect(variableFor(['mode'])).toBe('HOLDFAST_MODE');
});
