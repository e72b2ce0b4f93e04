import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** The modules that a file imports, as it names them. */
const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) => target);

/** The files that break the seam, with what they import. A backend's folder may import anything. */
const violations = (files: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(files)
    .filter(([file]) => !file.startsWith('src/store/sqlite/'))
    .flatMap(([file, text]) => importsOf(text).map((target) => ({ file, target })))
    .filter(({ file, target }) => target === 'node:sqlite' || isBackend(file, target))
    .map(({ file, target }) => `${file} imports ${target}`);

/** Whether a file of the store imports a file of SQLite, past the choice in `backends.ts`. */
const isBackend = (file: string, target: string): boolean =>
  file.startsWith('src/store/') &&
  file !== 'src/store/backends.ts' &&
  /^\.{1,2}\/sqlite\//.test(target);

test('only src/store/sqlite knows SQLite, and only backends.ts knows that folder', async () => {
  const files = globSync('src/**/*.ts', { cwd: root });
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  const program = Object.fromEntries(files.map((file, i) => [file, texts[i] ?? '']));
  expect(Object.keys(program).length).toBeGreaterThan(300);
  expect(violations(program)).toEqual([]);
});

test.each([
  ['src/store/memory.ts', "import { sql } from './sqlite/database.ts';", './sqlite/database.ts'],
  ['src/store/schema/migrate.ts', "import '../sqlite/errors.ts';", '../sqlite/errors.ts'],
  ['src/store/open.ts', "import type { DatabaseSync } from 'node:sqlite';", 'node:sqlite'],
  ['src/cli/commands/status.ts', "const { backup } = await import('node:sqlite');", 'node:sqlite'],
])('a planted violation in %s is found: %s', (file, text, target) => {
  expect(violations({ [file]: text })).toEqual([`${file} imports ${target}`]);
});
