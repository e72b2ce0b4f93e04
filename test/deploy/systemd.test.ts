import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { stopMs } from '../../src/daemon/shutdown.ts';
import { isInstalled } from '../support/programs.ts';

const run = promisify(execFile);
const unit = await readFile('deploy/systemd/holdfast.service', 'utf8');
const hasSystemd = isInstalled('systemd-analyze', 'the systemd unit is not checked by systemd');

/** The output of `systemd-analyze` about the unit, in which the program is one that is installed here. */
async function analyze(text: string, ...args: readonly string[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-unit-'));
  try {
    const file = join(directory, 'holdfast.service');
    await writeFile(file, text.replace('ExecStart=holdfast', `ExecStart=${process.execPath}`));
    const { stdout, stderr } = await run('systemd-analyze', [...args, file]);
    return stdout + stderr;
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe.runIf(hasSystemd)('the systemd unit', () => {
  test('is accepted by systemd', async () => {
    expect(await analyze(unit, 'verify')).toBe('');
  });

  test.each([
    ['DynamicUser=yes', 'DynamicUsers=yes', 'DynamicUsers'],
    ['ProtectSystem=strict', 'ProtectSystem=stricter', 'stricter'],
  ])('with %s written as %s, it is not', async (right, wrong, named) => {
    expect(unit).toContain(right);
    expect(await analyze(unit.replace(right, wrong), 'verify')).toContain(named);
  });

  test('leaves the service few rights, and fewer than without its hardening', async () => {
    const security = ['security', '--offline=true', '--threshold=20'];
    await analyze(unit, ...security);
    const weak = unit.replace(/^(Capability|SystemCallFilter|Protect).*\n/gm, '');
    await expect(analyze(weak, ...security)).rejects.toThrow('Command failed');
  });
});

test('the unit waits for a clean stop', () => {
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit) ?? [];
  expect(Number(seconds) * 1000).toBeGreaterThan(stopMs);
});

test('the unit lets Node compile at run time', () => {
  expect(unit).not.toMatch(/^MemoryDenyWriteExecute=/m);
});
