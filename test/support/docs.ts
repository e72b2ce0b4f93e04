import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** A fenced block of code of a page. */
export interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** The paths of the pages for users. */
export const userPages = globSync(['README.md', 'docs/*.md', 'docs/{decisions,kinds}/*.md'], {
  cwd: root,
}).toSorted();

/** The text of a page. */
export const readPage = (page: string): string => readFileSync(join(root, page), 'utf8');

/** The fenced blocks of a page, in order, without the indentation of the list that they are in. */
export function blocksOf(page: string): readonly Block[] {
  const text = readPage(page);
  return [...text.matchAll(/^( *)```(\w*)\n([^]*?)^ *```$/gm)].map(
    ([, indent = '', language = '', body = ''], index, all) => ({
      page,
      line: text.slice(0, all[index]?.index).split('\n').length,
      language,
      text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

const word = /(?:'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^]|[^\s|;&()<>'"\\])+/.source;

/** A comment or a redirection, which are left out; the end of a command; or a word. */
const token = new RegExp(
  String.raw`[^\S\n]*(?:#[^\n]*|\d?[<>]+&?\s*${word}|(\n|\|\||&&|[|;&()])|(${word}))`,
  'gy',
);

/** Splits a shell script into its simple commands, each a list of words without their quotes. */
export function shellCommands(script: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  for (const [, end, part] of script.replaceAll('\\\n', ' ').matchAll(token)) {
    if (end !== undefined) commands.push([]);
    if (part !== undefined) commands.at(-1)?.push(unquoted(part));
  }
  return commands
    .flatMap((words) => [words, ...innerCommands(words)])
    .filter((words) => words.length > 0);
}

/** The commands in the argument of `sh -c`. */
const innerCommands = (words: readonly string[]): readonly (readonly string[])[] =>
  words.includes('sh') && words.includes('-c') ? shellCommands(words.at(-1) ?? '') : [];

const unquoted = (part: string): string =>
  part.replaceAll(
    /'([^']*)'|"((?:\\[^]|[^"\\])*)"|\\([^])/g,
    (_, ...parts: readonly string[]) => parts.slice(0, 3).find((text) => text !== undefined) ?? '',
  );
