import { spawnSync } from 'node:child_process';
import { chmod, copyFile, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { sqliteBackend } from '../../src/store/sqlite/backend.ts';
import { openSqlite } from '../../src/store/sqlite/database.ts';
import { migrate } from '../../src/store/schema/migrate.ts';
import { readStore } from '../../src/store/open.ts';
import { openTestStore } from '../support/openTestStore.ts';
import { place, type Ended } from './holdfast.ts';

const settings = `settings:
  mode: enforce
  schedule: null
  visibility: 100ms
  throttle: { requestsPerSecond: 1000, burst: 1000, concurrency: 1 }
`;
const networks = (...names: readonly string[]): string =>
  `privateNetworks:\n${names.map((name) => `  ${name}: { region: ny2 }\n`).join('')}`;

/** A team, and a directory with a config; after `settle`, also a store that knows the team. */
async function team(yaml: string) {
  await using stack = new AsyncDisposableStack();
  const here = stack.use(await place());
  const simulator = stack.use(await startSimulator());
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': yaml });
  const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k', TOKEN: 'x' };
  const opened = stack.move();
  return {
    here,
    simulator,
    env,
    store: join(here.path, '.holdfast/state.db'),
    run: (args: readonly string[], under?: readonly string[]) => here.run(args, env, under),
    async settle() {
      const ended = await here.run(['apply', '--yes'], env);
      expect(ended, ended.stderr).toMatchObject({ code: 0 });
    },
    writes: () =>
      simulator.requests
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path }) => `${method} ${path.replace(/^\/v1/, '')}`),
    names: () => [...simulator.world.privateNetworks].map(({ name }) => name).toSorted(),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** One last line that says what to do, without internals of the program. */
function expectRefusal({ code, stderr }: Ended, says: RegExp): void {
  const lines = stderr.trim().split('\n');
  expect(lines.at(-1)).toMatch(says);
  expect(lines.filter((line) => says.test(line))).toHaveLength(1);
  expect(stderr).not.toMatch(/this is a bug|^\s+at /m);
  expect(code).toBe(1);
}

/** Keeps later writes in the log beside the store, so that the log grows. */
function reader(path: string): Disposable {
  const database = new DatabaseSync(path, { readOnly: true });
  database.exec('begin; select * from bindings');
  return { [Symbol.dispose]: () => database.close() };
}

/** Several run concurrently, and each runs the program several times. */
const timeout = 120_000;

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;

/** The limit on the size of files: the kernel's way to simulate a full disk. The index beside the log takes 32 KB. */
const limited = (bytes: number): readonly string[] => ['prlimit', `--fsize=${bytes}:unlimited`];

describe.runIf(hasPrlimit)('on a full disk', { timeout, concurrent: true }, () => {
  const full = /its disk is full or does not work: make room there/;

  test('an action that cannot be recorded is not started', async () => {
    const script = (is: string) =>
      `startupScripts: { s: { script: x, isEnabled: ${is}, assignedMachines: [] } }\n`;
    await using it = await team(networks('a') + script('true'));
    await it.settle();
    // An update needs no intent, so it is the one that could slip through.
    await it.here.write({ 'config/team.yaml': networks('a', 'b', 'c') + script('false') });
    const before = it.writes();
    {
      using _ = reader(it.store);
      // The log has its maximum size from the start.
      await writeLog(it.store);
      expectRefusal(await it.run(['apply', '--yes'], limited(32_768)), full);
      expect(it.writes()).toEqual(before);
    }
    await it.settle();
    expect(it.names()).toEqual(['a', 'b', 'c']);
  });

  /** The maximum size of a file in bytes: each value lets more of the run succeed. */
  test.each([33_000, 41_000, 50_000, 66_000])(
    'of %i bytes, it ends with an instruction, and continues when there is space',
    async (bytes) => {
      const wanted = ['a', 'b', 'c', 'd', 'e', 'f'];
      await using it = await team(networks('a'));
      await it.settle();
      await it.here.write({ 'config/team.yaml': networks(...wanted) });
      {
        using _ = reader(it.store);
        const ended = await it.run(['apply', '--yes'], limited(bytes));
        if (ended.code !== 0) expectRefusal(ended, full);
      }
      const again = await it.run(['apply', '--yes']);
      if (again.code === 3) await it.settle();
      expect(it.names()).toEqual(wanted);
      expect(await it.run(['plan'])).toMatchObject({ code: 0 });
    },
  );

  test('the daemon writes nothing to the team, says why, and continues when there is space', async () => {
    await using it = await team(networks('a'));
    const daemon = it.here.start(['run'], it.env);
    const [, url = ''] = await daemon.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
    await daemon.saw(/All in sync/);
    const limit = (bytes: string) =>
      expect(spawnSync('prlimit', [`--pid=${daemon.pid}`, `--fsize=${bytes}:`]).status).toBe(0);
    const before = it.writes();
    limit('1');
    await it.here.write({ 'config/team.yaml': networks('a', 'b') });
    await daemon.saw(/make room there.*"msg":"the pass was given up; trying again"/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect(it.writes()).toEqual(before);
    limit('unlimited');
    await daemon.saw(/1 created: 2 in sync/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(it.names()).toEqual(['a', 'b']);
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toMatchObject({ code: 0 });
  });
});

/** Writes to the store until its log exceeds the limit. */
async function writeLog(path: string): Promise<void> {
  await using store = await openTestStore(path);
  for (let i = 0; i < 20; i += 1) await store.assertWritable(`01${i}`);
}

/** Root may write everywhere, so as root the program runs as another user. */
const isRoot = process.getuid?.() === 0;
const asNobody = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
const canBeNobody = !isRoot || spawnSync('setpriv', ['--version']).status === 0;

test.runIf(canBeNobody)(
  'a read-only store serves commands that read, and refuses the others',
  async () => {
    await using it = await team(networks('a'));
    await it.settle();
    await chmod(it.here.path, 0o755);
    await chmod(join(it.here.path, '.holdfast'), 0o555);
    for (const name of await readdir(join(it.here.path, '.holdfast')))
      await chmod(join(it.here.path, '.holdfast', name), 0o555);
    for (const args of [['plan'], ['drift'], ['status']])
      expect(await it.run(args, asNobody), args[0]).toMatchObject({ code: 0, stderr: '' });
    const before = it.writes();
    for (const args of [['apply', '--yes'], ['run']])
      expectRefusal(await it.run(args, asNobody), /make its directory writable/);
    const doctor = await it.run(['doctor'], asNobody);
    expect(doctor).toMatchObject({ code: 1 });
    expect(doctor.stdout).toMatch(/wrong {2}store .*make its directory writable/);
    expect(it.writes()).toEqual(before);
    await chmod(join(it.here.path, '.holdfast'), 0o755);
  },
);

test('every command refuses a damaged store with an instruction, and does not change it', async () => {
  await using it = await team(networks('a'));
  await it.settle();
  const bytes = await readFile(it.store);
  bytes.fill(0x5a, 3 * 4096, 6 * 4096);
  await writeFile(it.store, bytes);
  const before = it.writes();
  for (const args of [['apply', '--yes'], ['run'], ['plan'], ['status']])
    expectRefusal(await it.run(args), /damaged: restore it from a copy, or move it away/);
  const doctor = await it.run(['doctor']);
  expect(doctor).toMatchObject({ code: 1 });
  expect(doctor.stdout).toMatch(/wrong {2}store .*damaged: restore it from a copy/);
  expect(it.writes()).toEqual(before);
  expect(await readFile(it.store)).toEqual(bytes);
  await rm(it.store);
  await it.settle();
  expect(it.writes()).toEqual(before);
});

test('a log with a damaged end counts as the store before it, and nothing is created twice', async () => {
  await using it = await team(networks('a'));
  await it.settle();
  {
    // A copy of the files while the log is in use, as after a power failure.
    using _ = reader(it.store);
    await it.here.write({ 'config/team.yaml': networks('a', 'b') });
    await it.settle();
    for (const end of ['', '-wal']) await copyFile(it.store + end, `${it.store}.copy${end}`);
  }
  for (const end of ['-wal', '-shm']) await rm(it.store + end, { force: true });
  for (const end of ['', '-wal']) await copyFile(`${it.store}.copy${end}`, it.store + end);
  await truncate(`${it.store}-wal`, 4096 * 2);
  const before = it.writes();
  await it.settle();
  expect(it.writes()).toEqual(before);
  expect(await it.run(['plan'])).toMatchObject({ code: 0 });
});

test('a store of the first version can be read, and apply migrates it', async () => {
  await using it = await team(networks('a', 'b'));
  await it.settle();
  const [a] = [...it.simulator.world.privateNetworks].filter(({ name }) => name === 'a');
  for (const end of ['', '-wal', '-shm']) await rm(it.store + end, { force: true });
  await firstVersion(it.store, `${a?.id}`);
  const bytes = await readFile(it.store);
  expect(await it.run(['plan'])).toMatchObject({ code: 0 });
  expect(await it.run(['status'])).toMatchObject({ code: 2 });
  expect(await readFile(it.store)).toEqual(bytes);
  const before = it.writes();
  await it.settle();
  expect(it.writes()).toEqual(before);
  await using store = await readStore({ type: 'sqlite', path: it.store }, 'default');
  const { bindings, intents } = await store.memory(new Date());
  expect(bindings.get('privateNetworks/a')).toMatchObject({ id: a?.id, created: true });
  expect(bindings.has('privateNetworks/b')).toBe(true);
  // Nobody declares it any more, and no list shows it, so the create did not happen: it was looked for, and its intent
  // is closed.
  expect([...intents.keys()]).toEqual([]);
});

/** A store as created by the first migration. */
async function firstVersion(path: string, id: string): Promise<void> {
  const database = openSqlite(path);
  await migrate(database, sqliteBackend({ type: 'sqlite', path }), '001-first');
  const at = '2026-11-21T09:00:00Z';
  const address = 'privateNetworks/a';
  await database
    .insertInto('bindings')
    .values({ address, live_id: id, bound_at: at, created: 1, protected: 0 })
    .execute();
  for (const one of ['privateNetworks/b', 'privateNetworks/elsewhere'])
    await sql`insert into intents (address, at) values (${one}, ${at})`.execute(database);
  await database.destroy();
}

test('without its store it creates nothing, and sends write-only values once more', async () => {
  await using it = await team(
    `${networks('a')}startupScripts: { s: { script: echo, assignedMachines: [] } }
projects: { p: { secrets: { TOKEN: { env: TOKEN } } } }
`,
  );
  await it.settle();
  const { length } = it.writes();
  await rm(join(it.here.path, '.holdfast'), { recursive: true });
  await it.settle();
  const again = it.writes().slice(length);
  expect(again.map((one) => one.replace(/\/[a-z0-9]{9,}/, '/ID')).toSorted()).toEqual([
    'PATCH /projects/ID/secrets/TOKEN',
    'PUT /startup-scripts/ID',
  ]);
  await it.settle();
  expect(it.writes().slice(length)).toEqual(again);
});
