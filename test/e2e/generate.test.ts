import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { catalog } from '../support/team.ts';

const run = promisify(execFile);
const tool = join(import.meta.dirname, '../../tools/generate.ts');

/** A separate directory with everything generated. */
async function generated() {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-generate-'));
  await run(process.execPath, [tool], { cwd: path });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** The output of the check; empty if everything is up to date. */
const check = (cwd: string): Promise<string> =>
  run(process.execPath, [tool, '--check'], { cwd }).then(
    () => '',
    ({ stderr }: { stderr: string }) => stderr,
  );

test('every kind has its page, and the check passes', async () => {
  await using it = await generated();
  const pages = await readdir(join(it.path, 'docs/kinds'));
  expect(new Set(pages)).toEqual(
    new Set(['README.md', ...[...catalog.kinds.keys()].map((kind) => `${kind}.md`)]),
  );
  expect(await check(it.path)).toBe('');
});

test('the check reports pages that are missing, out of date, or left over', async () => {
  await using it = await generated();
  await rm(join(it.path, 'docs/kinds/machines.md'));
  await appendFile(join(it.path, 'docs/settings.md'), 'by hand\n');
  await writeFile(join(it.path, 'docs/kinds/engines.md'), '');
  expect((await check(it.path)).trim().split('\n')).toEqual([
    'docs/settings.md is out of date: npm run generate',
    'docs/kinds/machines.md is missing: npm run generate',
    'docs/kinds/engines.md is left over: npm run generate',
  ]);
  await run(process.execPath, [tool], { cwd: it.path });
  expect(await check(it.path)).toBe('');
});
