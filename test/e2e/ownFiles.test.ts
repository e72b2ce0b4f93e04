import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place, type Place } from './holdfast.ts';

const network = 'privateNetworks:\n  research: { region: ny2 }\n';
const isRoot = process.getuid?.() === 0;
const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];

/** Everything below a directory, by name: type, mode, size, and modification time. */
async function everythingIn(path: string): Promise<Readonly<Record<string, string>>> {
  const found = await readdir(path, { recursive: true, withFileTypes: true });
  const told = await Promise.all(
    found.map(async ({ parentPath, name }) => {
      const stats = await lstat(join(parentPath, name));
      const mode = (stats.mode & 0o777).toString(8);
      const where = relative(path, join(parentPath, name));
      return [where, `${mode} ${stats.size} ${stats.mtimeMs} ${stats.ino}`] as const;
    }),
  );
  return Object.fromEntries(told);
}

const openToOthers = async (path: string): Promise<readonly string[]> =>
  Object.entries(await everythingIn(path)).flatMap(([name, told]) =>
    /^[0-7]00 /.test(told) ? [] : [`${name} ${told}`],
  );

test('whatever the umask, no command writes a file that others can read', async () => {
  await using here = await place();
  await here.useExample();
  const loose = ['sh', '-c', 'umask 000; exec "$@"', 'sh'];
  const run = async (...args: readonly string[]) => {
    const ended = await here.run(args, {}, loose);
    expect(ended.stderr, args.join(' ')).not.toMatch(/bug/);
  };
  await run('plan', '--simulate', '--out', 'plan.json');
  await run('apply', '--yes', '--no-wait', '--simulate');
  await run('import', '--simulate', '--out', 'imported');
  await run('status', '--simulate');
  const formats =
    '{ reports: { formats: [json, text, markdown, html] }, mode: enforce, schedule: null }';
  await here.write({ 'config/holdfast.yaml': `settings: ${formats}\n` });
  const daemon = here.start(['run', '--simulate'], {}, loose);
  await daemon.saw(/"msg":"pass ended"/);
  daemon.kill('SIGTERM');
  await daemon.ended;
  await rm(join(here.path, 'config'), { recursive: true });
  expect(await openToOthers(here.path)).toEqual([]);
  expect(Object.keys(await everythingIn(here.path))).toEqual(
    expect.arrayContaining(['plan.json', '.holdfast/simulator.json', '.holdfast/simulator.db']),
  );
});

describe('doctor creates and changes nothing', () => {
  const doctor = async (here: Place) => {
    await using simulator = await startSimulator();
    const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
    const before = await everythingIn(here.path);
    const ended = await here.run(['doctor'], env);
    expect(await everythingIn(here.path)).toEqual(before);
    return ended;
  };

  test('without a store', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': network });
    expect(await doctor(here)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/last pass none yet/),
    });
  });

  test('with a store', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': network });
    await here.run(['apply', '--yes', '--simulate']);
    const store = 'sqlite:.holdfast/simulator.db';
    await here.write({ 'config/holdfast.yaml': `settings: { store: "${store}" }\n` });
    expect(await doctor(here)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/last pass 2/),
    });
  });

  test('while a daemon writes to it, and names the process', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': network });
    await using simulator = await startSimulator();
    const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
    const daemon = here.start(['run'], env);
    await daemon.saw(/"msg":"pass ended"/);
    const { code, stdout } = await here.run(['doctor'], env);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`process ${daemon.pid} on`)]);
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toMatchObject({ code: 0 });
  });

  test.each(['state.db', 'state.db.holder', 'state.db.lock', 'state.db.new', 'state.db-wal'])(
    'through a link at %s, which it reports',
    async (name) => {
      await using here = await place();
      await here.write({ 'config/team.yaml': network, target: 'precious' });
      await mkdir(join(here.path, '.holdfast'));
      await symlink('../target', join(here.path, '.holdfast', name));
      const { code, stdout } = await doctor(here);
      expect([code, stdout]).toEqual([1, expect.stringMatching(/wrong +store .*symbolic link/)]);
      expect(await readFile(join(here.path, 'target'), 'utf8')).toBe('precious');
    },
  );

  test('if others can read the store, which it reports', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': network });
    await here.run(['apply', '--yes', '--simulate']);
    await chmod(join(here.path, '.holdfast/simulator.db'), 0o644);
    const store = 'sqlite:.holdfast/simulator.db';
    await here.write({ 'config/holdfast.yaml': `settings: { store: "${store}" }\n` });
    expect(await doctor(here)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/other users can read/),
    });
  });
});

describe('another local user', () => {
  test.runIf(isRoot)('cannot hold the lock', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': network });
    await here.run(['apply', '--yes', '--simulate']);
    await chmod(here.path, 0o755);
    await chmod(join(here.path, '.holdfast'), 0o755);
    const lock = join(here.path, '.holdfast/simulator.db.lock');
    const hold = `const { DatabaseSync } = require('node:sqlite');
new DatabaseSync(${JSON.stringify(lock)}).exec('begin immediate'); console.log('held'); setInterval(() => {}, 1e6);`;
    const other = spawn('setpriv', [...asNobody, process.execPath, '-e', hold], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(other, 'close');
    expect(await here.run(['apply', '--yes', '--simulate'])).toMatchObject({ code: 0 });
  });

  test.runIf(isRoot)('cannot redirect a deletion with a planted store', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': network });
    expect(await here.run(['apply', '--yes', '--simulate'])).toMatchObject({ code: 0 });
    spawnSync('chown', ['65534', join(here.path, '.holdfast/simulator.db')]);
    await here.write({ 'config/team.yaml': 'absent: { privateNetworks: [research] }\n' });
    for (const args of [['apply', '--yes'], ['plan'], ['status'], ['run']]) {
      const { code, stderr } = await here.run([...args, '--simulate']);
      expect([code, stderr], args[0]).toEqual([
        1,
        expect.stringMatching(/^the store .* cannot be used: .* belongs to user 65534, .*chown\n$/),
      ]);
    }
  });
});

test('no code is loaded from a directory for temporary files or a cache, and none is left there', async () => {
  await using here = await place();
  await here.useExample();
  await mkdir(join(here.path, 'shared'));
  const shared = join(here.path, 'shared');
  const env = { TMPDIR: shared, XDG_CACHE_HOME: shared, HOME: shared };
  expect(await here.run(['validate'], env)).toMatchObject({ code: 0 });
  expect(await here.run(['import', '--simulate', '--out', 'new'], env)).toMatchObject({ code: 0 });
  expect(await readdir(shared)).toEqual([]);
});

test.runIf(isRoot)(
  'another user’s config is not used without --config if everyone can write to the directory',
  async () => {
    await using here = await place();
    await here.useExample();
    await chmod(here.path, 0o1777);
    expect(await here.run(['validate'])).toMatchObject({ code: 0 });
    spawnSync('chown', ['65534', join(here.path, 'config')]);
    const { code, stderr } = await here.run(['plan', '--simulate']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^user 65534 put .*\/config into/)]);
    const named = ['validate', '--config', join(here.path, 'config')];
    expect(await here.run(named)).toMatchObject({ code: 0 });
    await chmod(here.path, 0o755);
    expect(await here.run(['validate'])).toMatchObject({ code: 0 });
  },
);

test('a simulated team may be in a directory that everyone can write to, but no link there is followed', async () => {
  await using here = await place();
  await here.write({ 'config/team.yaml': network, target: 'precious' });
  await mkdir(join(here.path, 'shared'));
  await chmod(join(here.path, 'shared'), 0o1777);
  const apply = () => here.run(['apply', '--yes', '--simulate=shared/team.json']);
  expect(await apply()).toMatchObject({ code: 0 });
  await rm(join(here.path, 'shared/team.db.holder'));
  await symlink('../target', join(here.path, 'shared/team.db.holder'));
  expect(await apply()).toMatchObject({ code: 1, stderr: expect.stringMatching(/symbolic link/) });
  expect(await readFile(join(here.path, 'target'), 'utf8')).toBe('precious');
});

describe('plan --out', () => {
  test.each([
    ['a link', 'link', /is a symbolic link/],
    ['a device', '/dev/null', /is not a regular file/],
    ['a directory', 'config', /is not a regular file/],
    ['a missing directory', 'no/where.json', /cannot open no\/where\.json\..*no such file/],
    ['a path through a file', 'target/x', /a part of the path is not a directory/],
    ['a name that is too long', 'x'.repeat(300), /the name is too long/],
  ])('to %s is refused in one line', async (_what, out, says) => {
    await using here = await place();
    await here.write({ 'config/team.yaml': network, target: 'precious' });
    await writeFile(join(here.path, 'target'), 'precious');
    await symlink('target', join(here.path, 'link'));
    const { code, stderr } = await here.run(['plan', '--simulate', '--out', out]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(says)]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(await readFile(join(here.path, 'target'), 'utf8')).toBe('precious');
  });
});

test('a deletion shows the live id, and the live name if it differs', async () => {
  await using here = await place();
  await using simulator = await startSimulator();
  const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
  await here.write({ 'config/team.yaml': network });
  expect(await here.run(['apply', '--yes'], env)).toMatchObject({ code: 0 });
  const [live] = [...simulator.world.privateNetworks];
  if (!live) throw new Error('there is no network');
  simulator.world.privateNetworks.patch(live.id, { name: 'production' });
  await here.write({ 'config/team.yaml': 'absent: { privateNetworks: [research] }\n' });
  for (const format of ['text', 'markdown', 'html']) {
    const { stdout } = await here.run(['plan', '--format', format], env);
    expect(stdout, format).toContain(`id ${live.id}, live name production`);
  }
  const { stdout } = await here.run(['plan', '--format', 'json'], env);
  const { actions } = JSON.parse(stdout) as { actions: unknown };
  expect(actions).toMatchObject([{ verb: 'delete', resourceId: live.id, liveName: 'production' }]);
});
