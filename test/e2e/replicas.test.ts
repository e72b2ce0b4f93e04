import { describe, expect, test } from 'vitest';
import { startPostgres, whyNoPostgres } from '../support/postgresServer.ts';
import { startTeams, type Teams } from '../support/teams.ts';
import { place, type Place, type Running } from './holdfast.ts';

const missing = whyNoPostgres();
if (missing !== undefined) process.stderr.write(`SKIPPED: the tests of replicas: ${missing}\n`);

const password = 'not-for-logs';

const networks = (...names: readonly string[]): string =>
  `privateNetworks: { ${names.map((name) => `${name}: { region: ny2 }`).join(', ')} }\n`;

/** Two workspaces, and a store in PostgreSQL whose address has a password. */
async function installation(stack: AsyncDisposableStack) {
  const database = stack.use(await startPostgres());
  const teams = stack.use(await startTeams('ml', 'research'));
  const here = stack.use(await place());
  await here.write({
    'config/holdfast.yaml':
      'settings: { workspaces: teams/*, mode: enforce, schedule: "* * * * * *", grace: 3s, apiKey: { file: "../keys/{workspace}" } }\n',
    'config/teams/ml/team.yaml': networks('a'),
    'config/teams/research/team.yaml': networks('b'),
    'keys/ml': 'ml',
    'keys/research': 'research',
  });
  const store = new URL(database.url);
  store.password = password;
  const env = {
    PAPERSPACE_API_URL: teams.url,
    HOLDFAST_STORE: store.href,
    HOLDFAST_TOKEN: 'the-token-of-the-server',
  };
  return { database, teams, here, env, replica: () => startReplica(here, env) };
}

interface Replica {
  readonly run: Running;
  readonly url: string;
  readonly get: (path: string) => Promise<{ status: number; text: string }>;
}

async function startReplica(here: Place, env: Record<string, string>): Promise<Replica> {
  const run = here.start(['run'], env);
  const [, url = ''] = await run.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
  return {
    run,
    url,
    async get(path) {
      const answer = await fetch(url + path);
      return { status: answer.status, text: await answer.text() };
    },
  };
}

const namesIn = (teams: Teams, key: string): readonly string[] =>
  [...(teams.simulators[key]?.world.privateNetworks ?? [])].map(({ name }) => name).toSorted();

/** The last pass of a workspace, as a replica shows it. */
const lastPass = async ({ get }: Replica, name: string): Promise<string> => {
  const { text } = await get(`/api/v1/workspaces/${name}/status`);
  const status = JSON.parse(text) as { lastPass?: { pass: string } | null };
  return status.lastPass?.pass ?? '';
};

/** How many workspaces run in a replica, by its metrics. */
const workspacesOf = (metrics: string): number =>
  [...metrics.matchAll(/^holdfast_config_valid\{/gm)].length;

const inSync = async (replica: Replica, name: string): Promise<void> =>
  await expect
    .poll(async () => (await replica.get(`/api/v1/workspaces/${name}/status`)).text)
    .toContain('"inSync":1');

// A lease lasts for 15 seconds, and other programs may use the processors.
describe.runIf(missing === undefined)('two replicas', { timeout: 180_000 }, () => {
  test('run each workspace once, and both serve all of them', async () => {
    await using stack = new AsyncDisposableStack();
    const { teams, here, env, replica } = await installation(stack);
    const one = await replica();
    for (const name of ['ml', 'research']) await inSync(one, name);
    const other = await replica();
    for (const each of [one, other])
      await expect.poll(async () => workspacesOf((await each.get('/metrics')).text)).toBe(1);
    for (const name of ['ml', 'research']) await inSync(other, name);
    expect((await other.get('/readyz')).text).toBe('{"status":"ready"}');
    expect((await other.get('/workspaces/ml/resources/privateNetworks/a')).text).toContain(
      'href="/workspaces/ml/',
    );
    const items = async ({ get }: Replica): Promise<unknown> =>
      JSON.parse((await get('/api/v1/workspaces')).text);
    expect(await items(other)).toMatchObject({
      items: [
        { name: 'ml', summary: { inSync: 1 }, error: null },
        { name: 'research', summary: { inSync: 1 }, error: null },
      ],
    });
    const ask = (text: string, more: object = {}) => here.run(text.split(' '), { ...env, ...more });
    const through = { HOLDFAST_SERVER: other.url };
    expect(await ask('suspend --all --workspace ml', through)).toMatchObject({ code: 0 });
    expect((await one.get('/api/v1/workspaces/ml/status')).text).toContain('"suspended":{');
    expect((await ask('status --workspace ml')).stdout).toContain('Everything is suspended');
    expect(await ask('resume --all --workspace ml')).toMatchObject({ code: 0 });
    await expect
      .poll(async () => (await one.get('/api/v1/workspaces/ml/status')).text)
      .toContain('"suspended":null');
    expect((await ask('apply --yes --workspace ml')).stderr).toMatch(
      /^nothing was done: process \d+ on .* writes to this workspace; stop that first/,
    );
    const doctor = await ask('doctor --workspace ml');
    expect(doctor.stdout).toMatch(
      /ok +store +postgres:\/\/postgres@127.*; process \d+ .* writes to it/,
    );
    expect([namesIn(teams, 'ml'), namesIn(teams, 'research')]).toEqual([['a'], ['b']]);

    one.run.kill('SIGTERM');
    const { code, stdout } = await one.run.ended;
    expect(code).toBe(0);
    await other.run.saw(/"workspace":"ml".*"msg":"pass ended"/);
    await here.write({ 'config/teams/ml/team.yaml': networks('a', 'c') });
    await expect.poll(() => namesIn(teams, 'ml')).toEqual(['a', 'c']);
    other.run.kill('SIGTERM');
    const outputs = [stdout, (await other.run.ended).stdout, doctor.stdout];
    expect(outputs.filter((text) => text.includes(password))).toEqual([]);
    expect(outputs[1]).not.toContain('did not hand this workspace over');
  });

  test('take over from one that was killed, and create nothing before the grace has ended', async () => {
    await using stack = new AsyncDisposableStack();
    const { teams, here, replica } = await installation(stack);
    const one = await replica();
    for (const name of ['ml', 'research']) await inSync(one, name);
    const other = await replica();
    one.run.kill('SIGKILL');
    await one.run.ended;
    await here.write({ 'config/teams/ml/team.yaml': networks('a', 'c') });
    await expect
      .poll(async () => (await other.get('/api/v1/workspaces/ml/status')).text)
      .toContain('"blocked":1');
    expect(namesIn(teams, 'ml')).toEqual(['a']);
    await expect.poll(() => namesIn(teams, 'ml')).toEqual(['a', 'c']);
    expect((await other.get('/api/v1/workspaces/ml/resources')).text).not.toContain('blocked":');
    other.run.kill('SIGTERM');
    expect((await other.run.ended).stdout).toMatch(
      /the process that wrote before did not hand this workspace over, and what it sent may still arrive; creates and deletes wait until 20/,
    );
  });

  test('without their database write nothing, and show what they last knew', async () => {
    await using stack = new AsyncDisposableStack();
    const { database, teams, here, replica } = await installation(stack);
    const one = await replica();
    for (const name of ['ml', 'research']) await inSync(one, name);
    await database.control('stop', '-m', 'immediate');
    await here.write({ 'config/teams/ml/team.yaml': networks('a', 'c') });
    await expect.poll(async () => (await one.get('/readyz')).status).toBe(503);
    await one.run.saw(/the pass was given up|the workspace could not run/);
    const { status, text } = await one.get('/workspaces/ml/');
    expect([status, text]).toEqual([200, expect.stringContaining('what the last one found')]);
    expect(namesIn(teams, 'ml')).toEqual(['a']);
    const before = await database.control('start').then(() => lastPass(one, 'ml'));
    await expect.poll(() => lastPass(one, 'ml')).not.toBe(before);
    await expect.poll(() => namesIn(teams, 'ml')).toEqual(['a', 'c']);
    expect((await one.get('/readyz')).status).toBe(200);
    one.run.kill('SIGTERM');
    const { stdout } = await one.run.ended;
    expect(stdout).not.toContain(password);
  });
});
