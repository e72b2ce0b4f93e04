import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import {
  copyFixture,
  rawTables,
  upgradeFixtures,
  type RawRow,
} from '../support/upgradeFixtures.ts';
import { place } from './holdfast.ts';

/** The directory that a version left, and its team, which only the present program works on from now on. */
async function leftBy(name: string) {
  await using stack = new AsyncDisposableStack();
  const here = stack.use(await place());
  const copy = await copyFixture(name, here.path);
  const tables = rawTables(copy.store);
  const simulator = stack.use(
    await startSimulator({ stateFile: copy.team, jobTime: 0, capacity: { 'H100@ny2': 0 } }),
  );
  const env = {
    PAPERSPACE_API_URL: `${simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'k',
    HOLDFAST_THROTTLE_REQUESTS_PER_SECOND: '1000',
    HOLDFAST_THROTTLE_BURST: '1000',
  };
  const opened = stack.move();
  return {
    here,
    simulator,
    env,
    pass: copy.reports[0] ?? '',
    rows: (table: string): readonly RawRow[] => tables.get(table) ?? [],
    run: (...args: readonly string[]) => here.run(args, env),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const schemaOf = (name: string): number => Number(name.slice(0, 3));

describe.each(upgradeFixtures)('what %s left', (name) => {
  test('is in status, explain, and plan, which change nothing of it', async () => {
    await using it = await leftBy(name);
    const store = join(it.here.path, '.holdfast/state.db');
    const before = await readFile(store);

    const status = await it.run('status', '--format', 'json');
    expect(status).toMatchObject({ code: 2, stderr: '' });
    const { passes, findings, reportError, suspensions } = JSON.parse(status.stdout);
    expect(passes[0].pass).toBe(it.pass);
    expect(reportError).toBeNull();
    const troubled = it
      .rows('conditions')
      .filter((row) => !/^(inSync|orphaned)$/.test(`${row['status']}`));
    expect(troubled.length).toBeGreaterThan(1);
    expect(findings).toHaveLength(troubled.length);
    expect(findings).toEqual(
      expect.arrayContaining(
        troubled.map(({ address, status: word, since, reason }) => ({
          address,
          status: word,
          since,
          reason,
        })),
      ),
    );
    expect(suspensions).toHaveLength(schemaOf(name) < 2 ? 0 : 1);
    expect((await it.run('status')).stdout).toContain('machines/refused');

    const explained = await it.run('explain', 'machines/refused', '--format', 'json');
    expect(explained).toMatchObject({ code: 0, stderr: '' });
    const { history, live } = JSON.parse(explained.stdout);
    expect(live.id).toBe(idOf(it.rows('bindings'), 'machines/refused'));
    const deeds = it.rows('deeds').filter(({ address }) => address === 'machines/refused');
    expect(history.map(({ pass }: { pass: string }) => pass)).toEqual(
      deeds.map(({ pass }) => pass).toReversed(),
    );

    const planned = await it.run('plan', '--format', 'json');
    expect(planned.stderr).toBe('');
    const { resources, actions } = JSON.parse(planned.stdout);
    expect(unblocked(actions)).toEqual(expectedActions(name));
    expect(statusesOf(resources)).toMatchObject({
      'privateNetworks/research': 'inSync',
      'startupScripts/install': 'inSync',
      'machines/trainer': 'inSync',
      'machines/suspended': 'inSync',
      'machines/lost': 'inSync',
      'machines/orphaned': 'orphaned',
      'machines/fixed': 'blocked',
    });
    expect(it.simulator.requests.every(({ method }) => method === 'GET')).toBe(true);
    expect(await readFile(store)).toEqual(before);
  });

  test('is on the pages of a daemon, which creates nothing again and goes on with it', async () => {
    await using it = await leftBy(name);
    const machines = [...it.simulator.world.machines].map(({ id }) => id);
    const daemon = it.here.start(['run'], it.env);
    const [, url = ''] = await daemon.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
    await daemon.saw(/"msg":"pass ended"/);

    const page = async (path: string): Promise<string> => {
      const response = await fetch(url + path);
      expect(response.status, path).toBe(200);
      return response.text();
    };
    expect(await page('/passes')).toContain(`/passes/${it.pass}`);
    const ofPass = await page(`/passes/${it.pass}`);
    expect(ofPass).toContain('Plan and outcome');
    expect(ofPass).toContain('machines/refused');
    const report = join(it.here.path, `.holdfast/reports/${it.pass}.json`);
    expect(JSON.parse(await page(`/api/v1/passes/${it.pass}`))).toMatchObject(
      JSON.parse(await readFile(report, 'utf8')),
    );
    for (const path of ['/', '/resources', '/trends', '/money', '/calendar', '/graph', '/waste'])
      await page(path);
    expect(await page('/resources/machines/fixed')).toContain('machines/fixed');

    daemon.kill('SIGTERM');
    expect(await daemon.ended).toMatchObject({ code: 0 });
    const writes = it.simulator.requests.filter(({ method }) => method !== 'GET');
    expect([...it.simulator.world.machines].map(({ id }) => id)).toEqual(machines);
    const pathOf = (machine: string): string =>
      `/machines/${String(idOf(it.rows('bindings'), `machines/${machine}`))}`;
    const sent = writes.map(({ method, path }) => `${method} ${path}`);
    expect(sent.filter((request) => request !== `PATCH ${pathOf('night')}/stop`)).toEqual([
      ...(keepsFailures(name) ? [] : [`PUT ${pathOf('refused')}`]),
      `PATCH ${pathOf('resized')}/start`,
    ]);
    const after = rawTables(join(it.here.path, '.holdfast/state.db'));
    expect(after.get('bindings')).toEqual(
      expect.arrayContaining(it.rows('bindings').map((row) => expect.objectContaining(row))),
    );
    expect(after.get('intents')).toEqual([]);
    expect(after.get('obligations')).toEqual([]);
  });
});

const idOf = (bindings: readonly RawRow[], address: string): unknown =>
  bindings.find((row) => row['address'] === address)?.['live_id'];

const statusesOf = (
  resources: readonly { readonly kind: string; readonly name: string; readonly status: string }[],
): Readonly<Record<string, string>> =>
  Object.fromEntries(resources.map(({ kind, name, status }) => [`${kind}/${name}`, status]));

/** The actions that a plan would carry out. The wake of one machine ends four hours after the fixture was made. */
const unblocked = (actions: readonly { readonly id: string; readonly outcome: string }[]) =>
  actions
    .filter(({ id, outcome }) => outcome !== 'blocked' && id !== 'machines/night:stop')
    .map(({ id }) => id);

/** What is owed, and what a store has no record of a refusal for. Nothing else may be done to the team. */
const expectedActions = (name: string): readonly string[] => [
  ...(keepsFailures(name) ? [] : ['machines/refused:update']),
  'machines/resized:start',
];

/** Migration 003 drops failures, since their addresses cannot be derived. */
const keepsFailures = (name: string): boolean => schemaOf(name) >= 3;
