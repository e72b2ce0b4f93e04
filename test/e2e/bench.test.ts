import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/**
 * Times depend on the machine. The test checks that everything is measured, and the counts, which are the same
 * everywhere.
 */
test('npm run bench -- --quick prints every measurement', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, 'bench/main.ts'), '--quick'],
    { cwd: root },
  );
  const rows = stdout
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) => line.slice(2, -2).split(' | '));
  const profileFrom = rows.findIndex(([what]) => what?.startsWith('in a pass'));
  const profileTo = rows.findIndex(([what]) => what === 'what');
  const [inSyncHead, inSync, daemonHead, daemon] = rows;
  const profile = rows.slice(profileFrom + 1, profileTo);
  const others = rows.slice(profileTo);
  expect(inSync).toHaveLength(inSyncHead?.length ?? NaN);
  expect(inSync?.slice(0, 2)).toEqual(['1,000', '10 (101 × fewer)']);
  expect(daemon).toHaveLength(daemonHead?.length ?? NaN);
  expect(daemon?.slice(0, 2)).toEqual(['100', '20']);
  expect(others.map(([what = '']) => what.split(/[,:(]/)[0])).toEqual([
    'what',
    'reading 100 machines and their scripts where 50 requests a second are allowed',
    'planning 10',
    'planning 20',
    'two times the work',
    'saving a file to the first request',
    'holdfast validate of 1',
    'holdfast plan',
    'adaptive throttle',
    'start-up of the built program',
    'apply of 20 creates at 10 requests a second',
    'its requests',
    'what the plan estimated',
    'holdfast import of a team with 200 machines',
    'a repository with 100 files',
    'of that repository',
    'who last changed each line of 20 files; and again after a commit that changes one',
    'a push',
  ]);
  expect(profile.length).toBeGreaterThan(4);
  const shares = profile.map(([, share]) => Number.parseFloat(share ?? ''));
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
  expect(others[1]?.[1]).toMatch(/, 101 requests; \d+\.\d+ s, 3$/);
  const measured = [...(inSync ?? []), ...(daemon ?? []), ...others.map(([, value]) => value)];
  for (const value of measured.slice(1)) expect(value).toMatch(/\d|measured/);
  expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  expect(others.at(-5)?.[1]).toContain('219; All in sync, nothing to do. 202 in sync');
}, 300_000);
