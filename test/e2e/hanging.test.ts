import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { place, type Place } from './holdfast.ts';

const network = 'privateNetworks: { a: { region: ny2 } }\n';
const registry = `containerRegistries:
  hub: { kind: dockerhub, namespace: n, url: "https://hub.example", username: u, password: { file: password } }
`;

/** A directory with a secret in a FIFO that nobody writes to, and a daemon in it. */
async function daemonOverFifo(here: Place) {
  await here.write({
    'config/holdfast.yaml': 'settings: { mode: enforce, schedule: null }\n',
    'config/team.yaml': network + registry,
  });
  execFileSync('mkfifo', [join(here.path, 'config/password')]);
  const daemon = here.start(['run', '--simulate']);
  await daemon.saw(/"msg":"started"/);
  return daemon;
}

test('a daemon whose pass hangs on a file ends after the grace period, and frees its lock', async () => {
  await using here = await place();
  const daemon = await daemonOverFifo(here);
  const asked = performance.now();
  daemon.kill('SIGTERM');
  const { stderr } = await daemon.ended;
  // The grace period of ten seconds, and a margin for a busy machine.
  expect(performance.now() - asked).toBeLessThan(30_000);
  expect(stderr).toContain('"msg":"stopping"');
  await rm(join(here.path, 'config/password'));
  await here.write({ 'config/team.yaml': network });
  expect(await here.run(['apply', '--yes', '--simulate'])).toMatchObject({ code: 0 });
});

test('stopped twice, it ends at once', async () => {
  await using here = await place();
  const daemon = await daemonOverFifo(here);
  daemon.kill('SIGTERM');
  await daemon.saw(/"msg":"stopping"/);
  daemon.kill('SIGTERM');
  expect((await daemon.ended).stderr).not.toContain('not everything ended in time');
});

test('the process ends even if a thread hangs on a FIFO, and otherwise with its own exit code', async () => {
  await using here = await place();
  execFileSync('mkfifo', [join(here.path, 'fifo')]);
  const file = join(import.meta.dirname, '../../src/console/exitWhenDrained.ts');
  const outputs = join(import.meta.dirname, '../../src/console/output.ts');
  const run = async (work: string) => {
    const script = `import { readFile } from 'node:fs';
import { exitWhenDrained } from ${JSON.stringify(file)};
import { processOutputs } from ${JSON.stringify(outputs)};
${work}
await exitWhenDrained(3, processOutputs());`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: here.path,
    });
    return await once(child, 'exit');
  };
  expect(await run("readFile('fifo', () => {});")).toEqual([null, 'SIGKILL']);
  expect(await run("readFile('/etc/hostname', () => {});")).toEqual([3, null]);
  expect(await run('setInterval(() => {}, 1000);')).toEqual([3, null]);
});
