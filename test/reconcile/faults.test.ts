import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/model/pass/plan.ts';
import type { Desired } from '../../src/model/resource.ts';
import { StoreError, type Store } from '../../src/model/store.ts';
import { execute } from '../../src/reconcile/apply/execute.ts';
import { createReportFiles } from '../../src/report/reportFiles.ts';
import { bench, openOf, outcomesOf } from '../support/passes.ts';
import { declared, live, text, want } from '../support/team.ts';
import { spellingsIn } from '../../src/reconcile/compare/spelling.ts';

const network = want('privateNetworks', 'n', { region: 'ny2' });
const machine = (name: string, over: object = {}) =>
  want('machines', name, {
    machineType: 'C5',
    template: live('osTemplates', 'Ubuntu 22.04'),
    region: 'ny2',
    diskSize: 50,
    ...over,
  });

const one = { requestsPerSecond: 100_000, burst: 100_000, adaptive: false };

const liveNames = (it: Awaited<ReturnType<typeof bench>>) =>
  [...it.simulator.world.machines].map(({ name }) => name).toSorted();

test('a create whose answer was lost after it happened is adopted, not repeated', async () => {
  await using it = await bench();
  it.simulator.fault({ method: 'POST', path: '/machines', kind: 'reset-after' });
  const first = await it.pass([machine('a')]);
  expect(outcomesOf(first)).toEqual(['machines/a:create failed']);
  const second = await it.pass([machine('a')]);
  expect(openOf(second)).toEqual(['pending machines/a: provisioning']);
  it.clock.advance(60_000);
  expect(openOf(await it.pass([machine('a')]))).toEqual([]);
  expect(it.writes()).toEqual(['POST /machines']);
  expect(liveNames(it)).toEqual(['a']);
});

test.each([
  { because: 'the connection broke before it happened', kind: 'reset-before' },
  { because: 'the API failed and may have done it', kind: { status: 500 } },
  { because: 'a gateway gave up', kind: { status: 504 } },
] as const)(
  'a create that is uncertain waits for the visibility window: $because',
  async ({ kind }) => {
    await using it = await bench();
    it.simulator.fault({ method: 'POST', path: '/machines', kind });
    expect(outcomesOf(await it.pass([machine('a')]))).toEqual(['machines/a:create failed']);
    const second = await it.pass([machine('a')]);
    expect(openOf(second)[0]).toMatch(/^pending machines\/a: a create was sent at/);
    expect(it.writes()).toHaveLength(1);
    it.clock.advance(121_000);
    expect(outcomesOf(await it.pass([machine('a')]))).toEqual(['machines/a:create done']);
    expect(liveNames(it)).toEqual(['a']);
  },
);

test('a create whose answer was lost, of what is not declared any more, is an orphan', async () => {
  await using it = await bench();
  it.simulator.fault({ method: 'POST', path: '/private-networks', kind: 'reset-after' });
  expect(outcomesOf(await it.pass([network]))).toEqual(['privateNetworks/n:create failed']);
  await it.pass([]);
  expect(openOf(await it.pass([]))).toEqual(['orphaned privateNetworks/n']);
  const { bindings, intents } = await it.store.memory(it.clock.now());
  expect([...bindings.keys(), ...intents.keys()]).toEqual(['privateNetworks/n']);
  expect(it.writes()).toHaveLength(1);
});

test('a create that was refused is over at once, and another YAML is tried at once', async () => {
  await using it = await bench();
  it.simulator.fault({ method: 'POST', path: '/machines', kind: { status: 400 } });
  expect(outcomesOf(await it.pass([machine('a')]))).toEqual(['machines/a:create failed']);
  expect(outcomesOf(await it.pass([machine('a', { diskSize: 100 })]))).toEqual([
    'machines/a:create done',
  ]);
});

test('a create that met 429 was not taken, so it is repeated within the pass', async () => {
  await using it = await bench();
  it.simulator.fault({
    method: 'POST',
    path: '/machines',
    times: 2,
    kind: { status: 429, retryAfter: 3 },
  });
  const report = await it.pass([machine('a')]);
  expect(outcomesOf(report)).toEqual(['machines/a:create done']);
  expect(report.api).toMatchObject({ retries: 2, rateLimited: 2 });
  expect(liveNames(it)).toEqual(['a']);
});

test('nothing is created, deleted or called missing from a listing that broke off', async () => {
  await using it = await bench({ retries: 0 });
  await it.pass([machine('old'), network]);
  const before = it.writes();
  it.simulator.fault({ method: 'GET', path: '/machines', times: 1, kind: { status: 500 } });
  const report = await it.pass(
    [machine('new', { network: declared('privateNetworks', 'n') }), network],
    [['machines', 'old']],
  );
  expect(report.complete).toBe(false);
  expect(report.incomplete.map(({ kind }) => kind)).toEqual(['machines']);
  expect(it.writes()).toEqual(before);
  expect(openOf(report)[0]).toMatch(/^blocked machines\/new: machines could not be listed/);
});

test('a failure holds back only what depends on it', async () => {
  await using it = await bench();
  it.simulator.fault({ method: 'POST', path: '/private-networks', kind: { status: 403 } });
  const report = await it.pass([
    network,
    machine('a', { network: declared('privateNetworks', 'n') }),
    machine('b'),
    want('startupScripts', 's', {
      script: text('x'),
      assignedMachines: [declared('machines', 'b')],
    }),
  ]);
  expect(outcomesOf(report)).toEqual([
    'privateNetworks/n:create failed',
    'machines/a:create skipped',
    'startupScripts/s:create done',
    'machines/b:create done',
  ]);
});

test('a job that ends in an error fails its action, and what waits for it is skipped', async () => {
  await using it = await bench();
  it.simulator.fault({ kind: { eventError: 'no capacity left' } });
  const report = await it.pass([
    machine('a', { state: 'off' }),
    want('customTemplates', 't', { machine: declared('machines', 'a') }),
  ]);
  expect(outcomesOf(report)).toEqual([
    'machines/a:create failed',
    'customTemplates/t:create skipped',
  ]);
  expect(report.actions[0]?.error).toContain('no capacity left');
});

test('a created machine that lists do not show yet is on its way, not missing', async () => {
  await using it = await bench();
  await it.pass([network]);
  it.simulator.fault({ path: '/private-networks', times: 1000, kind: { listLag: 600_000 } });
  const other = want('privateNetworks', 'm', { region: 'ny2' });
  await it.pass([network, other]);
  const report = await it.pass([network, other]);
  expect(openOf(report)).toContain('pending privateNetworks/m: created, and not yet listed');
  expect(it.writes()).toHaveLength(2);
});

test('a secret that is not set blocks its resource alone, and is in no report', async () => {
  await using it = await bench({ env: { TOKEN: 'canary-4711' } });
  const script = (name: string, variable: string) =>
    want('startupScripts', name, { script: { from: 'env', name: variable } });
  const report = await it.pass([script('s', 'TOKEN'), script('t', 'MISSING')]);
  expect(outcomesOf(report)).toEqual([
    'startupScripts/s:create done',
    'startupScripts/t:create blocked',
  ]);
  expect(JSON.stringify(report)).not.toContain('canary-4711');
});

test('a secret that cannot be read any more holds back nothing but itself', async () => {
  const env: Record<string, string> = { TOKEN: 'canary-4711' };
  await using it = await bench({ env });
  const registry = (namespace: string) =>
    want('containerRegistries', 'r', {
      kind: 'ghcr',
      namespace,
      url: 'https://ghcr.io',
      username: 'holdfast',
      password: { from: 'env', name: 'TOKEN' },
    });
  await it.pass([registry('one')]);
  delete env['TOKEN'];
  const report = await it.pass([registry('two')]);
  expect(outcomesOf(report)).toEqual(['containerRegistries/r:update done']);
  expect(openOf(report)).toEqual(['blocked containerRegistries/r: password: it is not set']);
  expect([...it.simulator.world.containerRegistries]).toMatchObject([{ namespace: 'two' }]);
});

test('many machines are waited for in one poll', async () => {
  await using it = await bench();
  const report = await it.pass(Array.from({ length: 30 }, (_, index) => machine(`m${index}`)));
  expect(openOf(report)).toEqual([]);
  const byId = it.simulator.requests.filter(({ path }) => /\/machines\/[^/]+$/.test(path));
  expect(byId.length).toBeLessThan(10);
});

describe('the second witness', () => {
  const lag = { method: 'GET', path: '/machines', times: Infinity, kind: { listLag: 86_400_000 } };

  test('a machine whose answer was lost and that no list shows is found by its event', async () => {
    await using it = await bench();
    it.simulator.fault({ method: 'POST', path: '/machines', kind: 'reset-after' });
    it.simulator.fault(lag);
    await it.pass([machine('a')]);
    it.clock.advance(121_000);
    expect(openOf(await it.pass([machine('a')]))).toEqual([]);
    it.clock.advance(121_000);
    expect(openOf(await it.pass([machine('a')]))).toEqual([]);
    expect(it.writes()).toEqual(['POST /machines']);
    expect((await it.store.memory(it.clock.now())).intents.size).toBe(0);
  });

  test('while events cannot be read, nothing is made again', async () => {
    await using it = await bench({ retries: 0 });
    it.simulator.fault({ method: 'POST', path: '/machines', kind: 'reset-before' });
    it.simulator.fault({
      method: 'GET',
      path: '/machine-events',
      times: 2,
      kind: { status: 500 },
    });
    await it.pass([machine('a')]);
    for (let pass = 0; pass < 2; pass += 1) {
      it.clock.advance(121_000);
      expect(openOf(await it.pass([machine('a')]))[0]).toMatch(
        /^pending machines\/a: a create was/,
      );
    }
    expect(outcomesOf(await it.pass([machine('a')]))).toEqual(['machines/a:create done']);
    expect(it.writes()).toHaveLength(2);
  });

  test('a template is waited for while its job runs, though no list shows it', async () => {
    await using it = await bench({ simulator: { durations: { template: 600_000 } } });
    const team = [
      machine('golden', { state: 'off' }),
      want('customTemplates', 't', { machine: declared('machines', 'golden') }),
    ];
    await it.pass(team.slice(0, 1));
    it.simulator.fault({ method: 'POST', path: '/custom-templates', kind: 'reset-after' });
    it.simulator.fault({
      method: 'GET',
      path: '/custom-templates',
      times: 3,
      kind: { listLag: 86_400_000 },
    });
    await it.pass(team);
    for (let pass = 0; pass < 2; pass += 1) {
      it.clock.advance(200_000);
      expect(openOf(await it.pass(team)).join()).toMatch(
        /pending customTemplates\/t: a create was/,
      );
    }
    it.clock.advance(600_000);
    expect(openOf(await it.pass(team))).toEqual([]);
    expect(it.writes()).toEqual(['POST /machines', 'POST /custom-templates']);
  });

  test('what is bound is asked for before it is called missing: a list may lag for hours', async () => {
    await using it = await bench();
    await it.pass([machine('a')]);
    it.simulator.fault(lag);
    it.clock.advance(3_600_000);
    expect(openOf(await it.pass([machine('a')]))).toEqual([]);
    expect(it.writes()).toHaveLength(1);
  });
});

test('an intent that cannot be written is no create, and lets nothing else start', async () => {
  await using it = await bench({ policy: { throttle: { ...one, concurrency: 1 } } });
  const script = (isEnabled: boolean) =>
    want('startupScripts', 's', { script: text('x'), isEnabled, assignedMachines: [] });
  await it.pass([script(true)]);
  const before = it.writes();
  const working: Store = { ...it.store };
  Object.assign(it.store, {
    recordIntent: () => Promise.reject(new StoreError('the disk is full')),
  });
  await expect(it.pass([network, script(false)])).rejects.toThrow('the disk is full');
  expect(it.writes()).toEqual(before);
  Object.assign(it.store, working);
  expect(outcomesOf(await it.pass([network, script(false)]))).toEqual([
    'privateNetworks/n:create done',
    'startupScripts/s:update done',
  ]);
});

describe('an action that cannot be done as it was planned', () => {
  const base = { kind: 'privateNetworks', name: 'n', changes: [], requires: [] };
  const token = { from: 'env', name: 'T' };

  interface Row {
    readonly because: string;
    readonly action: Action;
    readonly declared?: Desired;
    /** The path of a secret that could not be read. */
    readonly unreadable?: string;
    readonly says: string;
  }

  test.each<Row>([
    {
      because: 'nobody declares it',
      action: { ...base, id: 'create n', verb: 'create', carries: [] },
      says: 'create n was planned without its declaration',
    },
    {
      because: 'nobody knows which one it is',
      action: { ...base, id: 'delete n', verb: 'delete' },
      says: 'delete n was planned without its id',
    },
    {
      because: 'what it is made from is not there',
      action: { ...base, kind: 'machines', id: 'create n', verb: 'create', carries: [] },
      declared: machine('n'),
      says: 'create n was planned without its template',
    },
    {
      because: 'its secret cannot be read',
      action: { ...base, kind: 'teamSecrets', id: 'create n', verb: 'create', carries: [] },
      declared: want('teamSecrets', 'n', { value: token }),
      unreadable: 'value',
      says: 'create n was planned without its value',
    },
    {
      because: 'the secret of its member cannot be read',
      action: {
        ...base,
        kind: 'projects',
        id: 'assign T',
        verb: 'assign',
        resourceId: 'n',
        relation: 'secrets',
        member: { id: 'T' },
        memberName: 'T',
        key: 'T',
      },
      declared: want('projects', 'n', { secrets: { T: token } }),
      unreadable: 'secrets/T',
      says: 'assign T was planned without its secrets/T',
    },
    {
      because: 'its member is not there',
      action: {
        ...base,
        id: 'assign m',
        verb: 'assign',
        resourceId: 'n',
        relation: 'assignedMachines',
        member: { address: 'machines/m' },
        memberName: 'm',
      },
      says: 'assign m was planned without the id of machines/m',
    },
    {
      because: 'there is no call for it',
      action: { ...base, id: 'stop n', verb: 'stop', resourceId: 'n' },
      says: 'stop n was planned without a function for it',
    },
  ])('is a bug, and nothing is sent or remembered: $because', async (row) => {
    await using it = await bench();
    const { catalog, api, store } = it.workspace;
    const desired = new Map(row.declared ? [[`${row.action.kind}/n` as const, row.declared]] : []);
    const read = new Map([
      [row.unreadable ?? '', { ok: false, because: 'it is not set' } as const],
    ]);
    const values = new Map([...desired.keys()].map((address) => [address, read] as const));
    const snapshot = new Map();
    const spellings = spellingsIn(snapshot);
    const nothing = {
      snapshot,
      spellings,
      ids: new Map(),
      obligations: new Map(),
      wakes: new Map(),
    };
    const context = { catalog, api, store, desired, values, ...nothing, now: () => it.clock.now() };
    await expect(execute(row.action, context)).rejects.toThrow(row.says);
    expect(it.simulator.requests).toEqual([]);
    const { intents, deletions } = await store.memory(it.clock.now());
    expect([intents.size, deletions.length]).toEqual([0, 0]);
  });
});

test('a store that cannot be written is met before anything is sent', async () => {
  await using it = await bench();
  Object.assign(it.store, {
    assertWritable: () => Promise.reject(new StoreError('the disk is full')),
  });
  await expect(it.pass([network])).rejects.toThrow('the disk is full');
  expect(it.writes()).toEqual([]);
});

test('a report that cannot be kept says what to do', async () => {
  await using it = await bench();
  const report = await it.plan([network]);
  const directory = `${import.meta.filename}/reports`;
  const kept = createReportFiles().keep(report, { directory, formats: ['json'], keep: 1 });
  await expect(kept).rejects.toThrow(StoreError);
  await expect(kept).rejects.toThrow(/cannot be kept: .*; make room in .* settings.reports/);
});
