import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place, type Place } from './holdfast.ts';

const networks = (...names: readonly string[]): string =>
  `privateNetworks:\n${names.map((name) => `  ${name}: { region: ny2 }\n`).join('')}`;

/**
 * Ways to run a command whose output cannot be written, with its exit code. The file `pid` names the process if it is
 * not a child of the test.
 */
const outputs: Readonly<Record<string, readonly string[]>> = {
  'a full disk under stdout': ['sh', '-c', 'exec "$@" >/dev/full', 'sh'],
  'a full disk under stderr': ['sh', '-c', 'exec "$@" 2>/dev/full', 'sh'],
  'a reader of stdout that is gone': [
    'sh',
    '-c',
    '{ "$@" & echo $! >pid; wait $!; echo $? >code; } | :; exit $(cat code)',
    'sh',
  ],
  'a reader of both that is gone': [
    'sh',
    '-c',
    '{ "$@" 2>&1 & echo $! >pid; wait $!; echo $? >code; } | :; exit $(cat code)',
    'sh',
  ],
  'closed descriptors': ['sh', '-c', 'exec "$@" >&- 2>&-', 'sh'],
};

const commands: readonly (readonly [code: number, ...args: readonly string[]])[] = [
  [2, 'plan', '--simulate'],
  [2, 'plan', '--simulate', '--format', 'json'],
  [2, 'drift', '--simulate', '--log-level', 'trace'],
  [2, 'status', '--simulate'],
  [0, 'validate'],
  [0, 'graph'],
  [0, 'schema'],
  [0, '--help'],
  [0, '--version'],
  [1, 'plan', '--format', 'xml'],
  [1, 'nonsense'],
];

describe.each(Object.entries(outputs))('with %s', (_what, under) => {
  test('every command has its own exit code, and prints no stack', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': networks('a') });
    for (const [code, ...args] of commands) {
      const ended = await here.run(args, {}, under);
      expect(ended, args.join(' ')).toMatchObject({ code });
      expect(ended.stderr, args.join(' ')).not.toMatch(/^\s+at |bug in Holdfast|EPIPE|ENOSPC/m);
    }
  });

  test('apply carries out the whole plan, and records it', async () => {
    await using here = await place();
    await using simulator = await startSimulator();
    const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
    await here.write({ 'config/team.yaml': networks('a', 'b', 'c') });
    const log = ['--log-level', 'trace'];
    expect(await here.run(['apply', '--yes', ...log], env, under)).toMatchObject({ code: 0 });
    expect([...simulator.world.privateNetworks]).toHaveLength(3);
    expect(await here.run(['status'])).toMatchObject({ code: 0 });
  });

  test('the daemon continues with its passes, answers requests, and stops cleanly', async () => {
    await using here = await place();
    await using it = await daemon(here, under);
    await it.sees('a');
    await here.write({ 'config/team.yaml': networks('a', 'b') });
    await it.sees('b');
    expect((await fetch(`${it.url}/healthz`)).status).toBe(200);
    expect(await it.stop()).toEqual([0, null]);
  });
});

/** A free port of this machine. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** A daemon with a separate team, whose output nobody reads. */
async function daemon(here: Place, under: readonly string[] = [], more: readonly string[] = []) {
  await using stack = new AsyncDisposableStack();
  const simulator = stack.use(await startSimulator());
  const settings = `settings:
  mode: enforce
  schedule: null
  throttle: { requestsPerSecond: 1000, burst: 1000 }
`;
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': networks('a') });
  const port = await freePort();
  const program = [process.execPath, join(inject('build'), 'bin/holdfast.js'), 'run', ...more];
  const [command = '', ...args] = [...under, ...program];
  const child = spawn(command, args, {
    cwd: here.path,
    env: {
      PATH: process.env['PATH'],
      PAPERSPACE_API_URL: `${simulator.url}/v1`,
      PAPERSPACE_API_KEY: 'k',
      HOLDFAST_SERVER_LISTEN: `127.0.0.1:${port}`,
    },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  const seen = new Map<string, PromiseWithResolvers<void>>();
  const seeing = (name: string) => {
    const known = seen.get(name) ?? Promise.withResolvers<void>();
    seen.set(name, known);
    return known;
  };
  simulator.onExchange(({ method, path }) => {
    if (method !== 'POST' || !path.endsWith('/private-networks')) return;
    for (const { name } of simulator.world.privateNetworks) seeing(name).resolve();
  });
  stack.defer(async () => {
    // Processes started beside the daemon are in its group.
    spawnSync('kill', ['-KILL', '--', `-${child.pid}`]);
    child.stdout.resume();
    child.stderr.resume();
    await ended;
  });
  const opened = stack.move();
  return {
    url: `http://127.0.0.1:${port}`,
    simulator,
    child,
    sees: (name: string) => seeing(name).promise,
    async stop() {
      const pid = await readFile(join(here.path, 'pid'), 'utf8').catch(() => child.pid);
      process.kill(Number(pid), 'SIGTERM');
      const [code, signal] = await once(child, 'exit');
      return [code, signal];
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

test('a pipe that nobody reads does not block the daemon', async () => {
  await using here = await place();
  const unread = 'mkfifo pipe; sleep 600 <pipe & exec "$@" >pipe 2>&1';
  await using it = await daemon(here, ['sh', '-c', unread, 'sh'], ['--log-level', 'trace']);
  await it.sees('a');
  // A pipe holds 64 kB, and each of these adds some 200 bytes to the log.
  const more = Array.from({ length: 600 }, (_, index) => `n${index}`);
  await here.write({ 'config/team.yaml': networks('a', ...more) });
  for (const name of more) await it.sees(name);
  await here.write({ 'config/team.yaml': networks('a', ...more, 'last') });
  await it.sees('last');
  expect((await fetch(`${it.url}/healthz`)).status).toBe(200);
  expect(await it.stop()).toEqual([0, null]);
});

test('lines lost on a full disk are counted, and reported when there is space again', async () => {
  await using here = await place();
  await using it = await daemon(here, ['sh', '-c', 'exec "$@" 2>log', 'sh']);
  await it.sees('a');
  const limit = (bytes: string) =>
    expect(spawnSync('prlimit', [`--pid=${it.child.pid}`, `--fsize=${bytes}:`]).status).toBe(0);
  const log = () => readFile(join(here.path, 'log'), 'utf8');
  limit('1');
  await here.write({ 'config/team.yaml': networks('a', 'b') });
  await expect
    .poll(async () => (await fetch(`${it.url}/readyz`)).status, { timeout: 30_000 })
    .toBe(503);
  limit('unlimited');
  await it.sees('b');
  await expect
    .poll(log, { timeout: 30_000 })
    .toMatch(/"stream":"stderr","lines":\d+,"code":"EFBIG"/);
  for (const line of (await log()).trim().split('\n')) JSON.parse(line);
  expect(await it.stop()).toEqual([0, null]);
});
