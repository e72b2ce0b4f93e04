import { describe, expect, test } from 'vitest';
import { addressOf, type Desired } from '../../src/model/resource.ts';
import { kindOf } from '../../src/reconcile/kindOf.ts';
import { enforce, type EnforceOptions } from '../../src/reconcile/enforcePass.ts';
import { prepare } from '../../src/reconcile/preparePass.ts';
import type { Workspace } from '../../src/reconcile/workspace.ts';
import { bench, openOf, outcomesOf, policy } from '../support/passes.ts';
import { catalog, declared, live, text, want } from '../support/team.ts';

const machine = (name: string, over: object = {}, lifecycle = {}) =>
  want(
    'machines',
    name,
    {
      machineType: 'A4000',
      template: live('osTemplates', 'Ubuntu 22.04'),
      region: 'ny2',
      diskSize: 100,
      ...over,
    },
    lifecycle,
  );

const team = [
  want('privateNetworks', 'research', { region: 'ny2' }),
  want('startupScripts', 'install', {
    script: text('#!/bin/sh\n'),
    isRunOnce: true,
    isEnabled: false,
    assignedMachines: [declared('machines', 'a'), declared('machines', 'b')],
  }),
  machine('a', { network: declared('privateNetworks', 'research'), state: 'running' }),
  machine('b', {
    state: 'off',
    publicIpType: 'dynamic',
    autoShutdownEnabled: true,
    autoShutdownTimeout: 8,
  }),
  want('customTemplates', 'image', { machine: declared('machines', 'b') }),
];

test('one pass makes the team as declared, and the next finds nothing to do', async () => {
  await using it = await bench();
  const first = await it.pass(team);
  expect(openOf(first)).toEqual([]);
  expect(outcomesOf(first)).toEqual([
    'privateNetworks/research:create done',
    'startupScripts/install:create done',
    'machines/a:create done',
    'machines/b:create done',
    'customTemplates/image:create done',
  ]);
  expect(openOf(first)).toEqual([]);
  const writes = it.writes();
  expect(writes).toHaveLength(6);
  const second = await it.pass(team);
  expect(openOf(second)).toEqual([]);
  expect(second.actions).toEqual([]);
  expect(second.summary.inSync).toBe(5);
  expect(it.writes()).toEqual(writes);
  expect(second.api.requests).toBe(4);
  expect(it.contract.problems).toEqual([]);
});

test('plan sends GET requests only', async () => {
  await using it = await bench();
  const report = await it.plan(team);
  expect(report.summary.actions.create).toBe(5);
  expect(it.writes()).toEqual([]);
});

test('changes in the live team are put right', async () => {
  await using it = await bench();
  await it.pass(team);
  const { machines } = it.simulator.world;
  for (const { id, name } of machines)
    if (name === 'b') machines.patch(id, { autoShutdownEnabled: false });
  const report = await it.pass(team);
  expect(outcomesOf(report)).toEqual(['machines/b:update done']);
  expect(openOf(await it.plan(team))).toEqual([]);
});

test('new settings of a shutdown that is on stick', async () => {
  await using it = await bench();
  const settings = { autoShutdownEnabled: true, autoShutdownTimeout: 8 };
  await it.pass([machine('a', settings)]);
  const changed = [machine('a', { ...settings, autoShutdownTimeout: 24 })];
  expect(outcomesOf(await it.pass(changed))).toEqual(['machines/a:update done']);
  expect((await it.pass(changed)).actions).toEqual([]);
});

test('a resize goes through off, and the machine runs again', async () => {
  await using it = await bench();
  const large = [machine('a', { diskSize: 250, machineType: 'A5000' }, { allowStop: true })];
  await it.pass([machine('a')]);
  expect(outcomesOf(await it.pass(large))).toEqual([
    'machines/a:stop done',
    'machines/a:update done',
    'machines/a:start done',
  ]);
  const after = await it.pass(large);
  expect(openOf(after)).toEqual([]);
  expect(after.actions).toEqual([]);
  expect(it.contract.problems).toEqual([]);
});

test('a machine moves from script to script, and what absent names goes', async () => {
  await using it = await bench();
  const script = (name: string, ...machines: string[]) =>
    want('startupScripts', name, {
      script: text(name),
      assignedMachines: machines.map((one) => declared('machines', one)),
    });
  await it.pass([machine('a'), script('x', 'a'), script('y')]);
  const moved = await it.pass([machine('a'), script('x'), script('y', 'a')]);
  expect(outcomesOf(moved)).toEqual([
    'startupScripts/x:unassign(assignedMachines/a) done',
    'startupScripts/y:assign(assignedMachines/a) done',
  ]);
  const gone = await it.pass(
    [script('y')],
    [
      ['machines', 'a'],
      ['startupScripts', 'x'],
    ],
  );
  expect(outcomesOf(gone).toSorted()).toEqual([
    'machines/a:delete done',
    'startupScripts/x:delete done',
    'startupScripts/y:unassign(assignedMachines/a) done',
  ]);
  expect(openOf(await it.pass([script('y')]))).toEqual([]);
  expect(it.contract.problems).toEqual([]);
});

test('a changed script text is written exactly once', async () => {
  await using it = await bench();
  const script = (body: string) => want('startupScripts', 's', { script: text(body) });
  await it.pass([script('one')]);
  expect((await it.pass([script('one')])).actions).toEqual([]);
  expect(outcomesOf(await it.pass([script('two')]))).toEqual(['startupScripts/s:update done']);
  expect((await it.pass([script('two')])).actions).toEqual([]);
  expect([...it.simulator.world.startupScripts].map((one) => one.script)).toEqual(['two']);
});

test('a new machine runs its script at the first boot', async () => {
  await using it = await bench();
  await it.pass(team);
  const [first] = [...it.simulator.world.machines].filter(({ name }) => name === 'a');
  expect(first?.startupScriptId).not.toBeNull();
});

test('what names something that is only observed and not there waits for it', async () => {
  await using it = await bench();
  const network = (lifecycle = {}) => want('privateNetworks', 'n', { region: 'ny2' }, lifecycle);
  const on = machine('a', { network: declared('privateNetworks', 'n') });
  const report = await it.pass([network({ manage: 'observe' }), on, machine('b')]);
  expect(outcomesOf(report)).toEqual(['machines/a:create blocked', 'machines/b:create done']);
  expect(outcomesOf(await it.pass([network(), on, machine('b')]))).toEqual([
    'privateNetworks/n:create done',
    'machines/a:create done',
  ]);
});

test('a machine is made from a template whose id is pinned', async () => {
  await using it = await bench();
  const template = { by: 'id', kind: 'osTemplates', id: 't0nspur5' } as const;
  expect(outcomesOf(await it.pass([machine('a', { template })]))).toEqual([
    'machines/a:create done',
  ]);
  expect([...it.simulator.world.machines][0]).toMatchObject({ templateId: 't0nspur5' });
});

describe('what a team costs', () => {
  const running = machine('a', { state: 'running' });
  test('with one machine more is known by the machines of its type', async () => {
    await using it = await bench();
    await it.pass([running]);
    const { cost } = await it.plan([running, machine('b', { machineType: 'a4000' })]);
    expect(cost.unpriced).toEqual([]);
    // The usage of an A4000, and the storage of 100 GB.
    expect(cost.hourly.change).toBe(0.774);
  });

  test('with the first of its type is known by settings.prices alone', async () => {
    await using it = await bench({ policy: { prices: { a4000: 0.5 } } });
    const { cost } = await it.plan([running, machine('b', { machineType: 'H100' })]);
    expect(cost).toMatchObject({ unpriced: ['H100'], hourly: { change: 0.5 } });
  });
});

describe('a pass', () => {
  const network = want('privateNetworks', 'n', { region: 'ny2' });
  const never = new AbortController().signal;

  async function carriedOut(
    workspace: Workspace,
    resources: readonly Desired[],
    options: Partial<EnforceOptions>,
  ) {
    const state = { resources, absent: [], revision: 'r' };
    const prepared = await prepare(workspace, state, policy, 'schedule');
    const whole = { wait: true, stop: never, stopWaiting: never, ...options };
    return enforce(workspace, policy, prepared, whole);
  }

  test('tells of each action as it ends', async () => {
    await using it = await bench();
    const told: string[] = [];
    const report = await carriedOut(it.workspace, team, {
      onOutcome: ({ id }, { result }) => told.push(`${id} ${result}`),
    });
    expect(told.toSorted()).toEqual(outcomesOf(report).toSorted());
  });

  test.each([
    { stopped: false, because: 'it is not tried again before its YAML changes', setbacks: 1 },
    { stopped: true, because: 'how it ended may be for being cut off', setbacks: 0 },
  ])('remembers $setbacks setbacks, stopped $stopped: $because', async (row) => {
    await using it = await bench();
    const stop = new AbortController();
    it.simulator.fault({ method: 'POST', path: '/private-networks', kind: { status: 403 } });
    it.simulator.onExchange(({ method }) => {
      if (method === 'POST' && row.stopped) stop.abort();
    });
    const report = await carriedOut(it.workspace, [network], { stop: stop.signal });
    expect(outcomesOf(report)).toEqual(['privateNetworks/n:create failed']);
    const { failures } = await it.store.memory(it.clock.now());
    expect(failures.size).toBe(row.setbacks);
  });

  test('that is stopped remembers what was done', async () => {
    await using it = await bench();
    const stop = new AbortController();
    it.simulator.onExchange(({ method }) => {
      if (method === 'POST') stop.abort();
    });
    const report = await carriedOut(it.workspace, team, { stop: stop.signal });
    const done = report.actions.filter(({ outcome }) => outcome === 'done');
    expect(done.length).toBeGreaterThan(0);
    for (const { kind, name, id } of done)
      expect(await it.store.actionHistory(addressOf(kind, name), 10)).toMatchObject([
        { action: id, outcome: 'done' },
      ]);
  });

  test('ends with a bug in what explains a failure', async () => {
    await using it = await bench();
    it.simulator.fault({ kind: { eventError: 'no capacity left' } });
    const machines = kindOf(catalog.kinds, 'machines');
    const explainFailure = (): Promise<never> => Promise.reject(new TypeError('a bug'));
    const kinds = new Map([...catalog.kinds, ['machines', { ...machines, explainFailure }]]);
    const workspace: Workspace = { ...it.workspace, catalog: { ...catalog, kinds } };
    await expect(carriedOut(workspace, [machine('a')], {})).rejects.toThrow('a bug');
  });
});
