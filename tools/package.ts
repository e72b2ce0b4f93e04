import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes the directory that the npm package consists of: `node tools/package.ts DIR`. Its package.json names no
 * dependencies, since the build contains them, and no scripts.
 */
const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('name the directory');

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Readonly<
  Record<string, unknown>
>;
const kept = new Set('name version description license type engines bin man files'.split(' '));
rmSync(directory, { recursive: true, force: true });
execFileSync('npx', ['rolldown', '-c', '--dir', join(directory, 'dist')]);
for (const name of ['bin', 'man', 'LICENSE', 'README.md'])
  cpSync(name, join(directory, name), { recursive: true });
writeFileSync(
  join(directory, 'package.json'),
  `${JSON.stringify(Object.fromEntries(Object.entries(manifest).filter(([key]) => kept.has(key))), null, 2)}\n`,
);
