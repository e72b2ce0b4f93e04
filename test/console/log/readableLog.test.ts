import { expect, test } from 'vitest';
import { readable, readableLine } from '../../../src/console/log/readableLog.ts';

const line = (fields: object, colour = false) =>
  readableLine(
    { level: 30, time: 0, pid: 1, hostname: 'h', name: 'holdfast', ...fields },
    colour,
  ).replace(/^\d\d:\d\d:\d\d {2}/, '');

test.each([
  [{ msg: 'event', url: 'http://x' }, 'event  url=http://x', 'fields follow the message'],
  [{ level: 40, msg: 'slow' }, 'warn slow', 'its level is a word'],
  [{ msg: 'x', text: 'a b' }, 'x  text="a b"', 'a text of several words is quoted'],
  [{ msg: 'x', a: true, b: null, c: 1.23456 }, 'x  a=true  b=null  c=1.23', 'numbers are rounded'],
  [
    { msg: 'x', summary: { inSync: 2, drifted: 0, actions: { create: 1, delete: 0 } } },
    'x  summary.inSync=2  summary.actions.create=1',
    'counts that are zero are omitted',
  ],
  [
    { msg: 'x', problems: [{ file: 'a.yaml', line: 1, column: 2, rule: 'r', message: 'wrong' }] },
    'x: a.yaml:1:2: wrong',
    'a problem in its usual form',
  ],
  [
    {
      msg: 'x',
      incomplete: [
        { kind: 'machines', error: 'no' },
        { kind: 'datasets', error: 'no' },
      ],
    },
    'x: machines: no; datasets: no',
    'lists are not shown as JSON',
  ],
  [
    {
      msg: 'x',
      err: {
        name: 'TypeError',
        message: 'a bug',
        stack: 'TypeError: a bug\n    at f (file:1:2)\n    at g',
      },
    },
    'x  err="TypeError: a bug" at f (file:1:2)',
    'an error on one line, with its position',
  ],
  [{ msg: 'x', error: 'it failed' }, 'x: it failed', 'an error that is a text'],
  [{ msg: 'x', reason: 'a\nb', pass: '01' }, 'x: a; b', 'the reason follows the message'],
  [
    { msg: 'x', problems: ['a', 'b', 'c', 'd', 'e'] },
    'x: a; b; c; and 2 more',
    'a config may have thousands of problems',
  ],
  [
    { msg: 'x\n::error::y', a: 'b\u001b[31m\nc' },
    String.raw`x\u000a::error::y  a="b\u001b[31m\nc"`,
    'one line, whatever the content',
  ],
])('%j', (fields, expected, because) => {
  expect(line(fields), because).toBe(expected);
});

test('colours are optional', () => {
  expect(line({ level: 50, msg: 'x' }, true)).toBe('\u001b[31merror\u001b[39m x');
});

test('each line of JSON becomes a readable line', () => {
  const written: string[] = [];
  const stream = readable((text) => written.push(text), false);
  stream.write('{"level":30,"time":0,"msg":"a"}\n');
  stream.write('{"level":20,"time":0,"msg":"b"}\n');
  expect(written.map((text) => text.slice(9))).toEqual([' a\n', ' debug b\n']);
});
