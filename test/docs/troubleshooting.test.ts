import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readPage, root } from '../support/docs.ts';

/** The sources, without the ends of lines between the parts of a text. */
const sources = globSync(['src/**/*.ts', 'bin/*.js'], { cwd: root }).map((file) =>
  readPage(file).replaceAll(/['`] \+\s+['`]/g, ''),
);

/** Whether a file has all parts of a message, in which `…` stands for what varies. */
const isPrinted = (message: string): boolean => {
  const parts = message.split('…').map((part) => part.replace(/^[;:, (]+|[;:, (]+$/g, ''));
  return sources.some((source) => parts.every((part) => source.includes(part)));
};

const messages = [...readPage('docs/troubleshooting.md').matchAll(/^\| `(.+?)` \| /gm)].map(
  ([, message = '']) => message,
);

test('the program has every message that docs/troubleshooting.md explains', () => {
  expect(messages.length).toBeGreaterThan(30);
  expect(messages.filter((message) => !isPrinted(message))).toEqual([]);
});

test.each([
  'a message that nobody prints',
  'missing field … of another file that … could not be listed to the end',
])('%s is found', (message) => {
  expect(isPrinted(message)).toBe(false);
});
