import { expect, test } from 'vitest';
import { diffText } from '../../src/accept/printAccept.ts';
import { lineDiff } from '../../src/accept/lineDiff.ts';

const plain = (_: unknown, text: string): string => text;
const shown = (before: string, after: string): string =>
  diffText({ file: 'team.yaml', before, after }, plain);

test('the changed lines are shown, with the number of the first', () => {
  expect(shown('a:\n  x: 1 # c\n  y: 2\n', 'a:\n  x: 3 # c\n  y: 2\n')).toBe(
    'team.yaml:2\n-  x: 1 # c\n+  x: 3 # c\n',
  );
});

test('of a line with several entries, only the one that differs is shown', () => {
  const entry = (size: number): string =>
    `a: { env: [{ value: canary }], size: ${size}, key: canary }\n`;
  expect(shown(entry(50), entry(100))).toBe('team.yaml:1\n-… size: 50 …\n+… size: 100 …\n');
});

test('of a list, the key is shown too', () => {
  const entry = (list: string): string => `a: { key: canary, tags: [x, ${list}], z: 1 }\n`;
  expect(shown(entry('y'), entry('new'))).toBe(
    'team.yaml:1\n-… tags: [x, y …\n+… tags: [x, new …\n',
  );
  expect(shown('  tags: [x, y] # c\n', '  tags: [] # c\n')).toBe(
    'team.yaml:1\n-  tags: [x, y] # c\n+  tags: [] # c\n',
  );
});

test('a line without a key is shown from its start', () => {
  expect(shown('{ x }\n', '{ y }\n')).toBe('team.yaml:1\n-{ x …\n+{ y …\n');
  expect(shown('[{, x\n', '[{, y\n')).toBe('team.yaml:1\n-[{, x\n+[{, y\n');
});

test('control characters are escaped', () => {
  expect(shown('a: x\n', 'a: \u001b[31m\n')).toContain(String.raw`\u001b`);
});

test.each([
  { before: 'a\nb\nc\nd\n', after: 'a\nx\nc\ny\n', lines: [2, 4], because: 'changes are apart' },
  { before: 'a\nb\n', after: 'a\nb\nc\n', lines: [3], because: 'a line was added' },
  { before: 'a\nb\nc\n', after: 'a\nc\n', lines: [2], because: 'a line was removed' },
  { before: 'a\n', after: 'a\n', lines: [], because: 'nothing differs' },
])('the hunks of a difference: $because', ({ before, after, lines }) => {
  expect(lineDiff(before, after).map(({ line }) => line)).toEqual(lines);
});
