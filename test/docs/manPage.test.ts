import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { isInstalled } from '../support/programs.ts';

const run = promisify(execFile);
const page = 'man/holdfast.1';
const hasGroff = isInstalled('groff', 'the manual page is not rendered');

/** What groff prints about a page: its text, and its warnings. */
async function render(text: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const rendered = run('groff', ['-man', '-Tascii', '-P-c', '-P-b', '-P-u', '-ww']);
  rendered.child.stdin?.end(text);
  return rendered;
}

test.runIf(hasGroff)('the manual page renders without warnings', async () => {
  const { stdout, stderr } = await render(await readFile(page, 'utf8'));
  expect(stderr).toBe('');
  expect(stdout).toContain('holdfast - keeps a Paperspace team');
  expect(stdout).toMatch(/--fail-on <rule>\n\s+exit with 1 on deletions/);
});

test.runIf(hasGroff)('a wrong macro is a warning', async () => {
  const text = await readFile(page, 'utf8');
  const { stderr } = await render(text.replace('.SH OPTIONS', '.SJ OPTIONS'));
  expect(stderr).toContain('SJ');
});

test('the package has the manual page', async () => {
  const { man, files } = JSON.parse(await readFile('package.json', 'utf8')) as {
    readonly man: readonly string[];
    readonly files: readonly string[];
  };
  expect(man).toEqual([`./${page}`]);
  expect(files).toContain('man');
});
