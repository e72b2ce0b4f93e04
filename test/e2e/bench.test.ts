import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Times are what they are on whatever machine this runs; that each is measured, and what is counted, is the same everywhere. */
test('npm run bench -- --quick measures all that it says it measures', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, 'bench/main.ts'), '--quick'],
    { cwd: root },
  );
  const rows = stdout
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) => line.slice(2, -2).split(' | '));
  const [inSyncHead, inSync, daemonHead, daemon, ...others] = rows;
  expect(inSync).toHaveLength(inSyncHead?.length ?? NaN);
  expect(inSync?.slice(0, 2)).toEqual(['1,000', '9 (111 × fewer)']);
  expect(daemon).toHaveLength(daemonHead?.length ?? NaN);
  expect(daemon?.slice(0, 2)).toEqual(['100', '20']);
  expect(others.map(([what = '']) => what.split(/[,:(]/)[0])).toEqual([
    'what',
    'planning 10',
    'planning 20',
    'two times the work',
    'saving a file to the first request',
    'holdfast validate of 1',
    'adaptive throttle',
    'start-up',
    'apply of 20 creates at 10 requests a second',
    'its requests',
    'what the plan had estimated',
    'holdfast import of a team with 200 machines',
  ]);
  const measured = [...(inSync ?? []), ...(daemon ?? []), ...others.map(([, value]) => value)];
  for (const value of measured.slice(1)) expect(value).toMatch(/\d|measured/);
  expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  expect(others.at(-1)?.[1]).toContain('219; All in sync, nothing to do. 202 in sync');
}, 300_000);
