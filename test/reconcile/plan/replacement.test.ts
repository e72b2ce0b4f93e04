import { expect, test } from 'vitest';
import { bench, openOf, outcomesOf } from '../../support/passes.ts';
import { declared, live, text, want } from '../../support/team.ts';

const replace = { onImmutableChange: 'replace' } as const;
const network = (region: string, lifecycle = {}) =>
  want('privateNetworks', 'n', { region }, lifecycle);
const machine = (region: string, over: object = {}, lifecycle = {}) =>
  want(
    'machines',
    'm',
    {
      machineType: 'C5',
      template: live('osTemplates', 'Ubuntu 22.04'),
      region,
      diskSize: 50,
      network: declared('privateNetworks', 'n'),
      ...over,
    },
    lifecycle,
  );
const script = want('startupScripts', 's', {
  script: text('echo'),
  assignedMachines: [declared('machines', 'm')],
});

test('a dependant of a replaced network is deleted first, and created last with its script', async () => {
  await using it = await bench();
  await it.pass([network('ny2'), machine('ny2'), script]);
  const [before] = [...it.simulator.world.machines];
  const moved = [network('ca1', replace), machine('ca1', {}, replace), script];
  const report = await it.pass(moved);
  expect(outcomesOf(report)).toEqual([
    'machines/m:delete done',
    'privateNetworks/n:delete done',
    'privateNetworks/n:create done',
    'machines/m:create done',
  ]);
  expect(openOf(report)).toEqual([]);
  const [after] = [...it.simulator.world.machines].filter(({ dtDeleted }) => !dtDeleted);
  expect(after).toMatchObject({ name: 'm', region: 'ca1' });
  expect(after?.id).not.toBe(before?.id);
  it.clock.advance(300_000);
  const next = await it.pass(moved);
  expect(openOf(next)).toEqual([]);
  expect(next.actions).toEqual([]);
  expect([...it.simulator.world.startupScripts][0]?.assignedMachineIds).toEqual([after?.id]);
});

test('a network is not replaced while a machine that is kept refers to it', async () => {
  await using it = await bench();
  await it.pass([network('ny2'), machine('ny2')]);
  const writes = it.writes();
  const report = await it.pass([network('ca1', replace), machine('ny2')]);
  expect(openOf(report)[0]).toBe(
    'blocked privateNetworks/n: it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away',
  );
  expect(it.writes()).toEqual(writes);
});

test('a machine that cannot be created again is not deleted', async () => {
  await using it = await bench();
  await it.pass([network('ny2'), machine('ny2')]);
  const writes = it.writes();
  const report = await it.pass([
    network('ny2'),
    machine('ny2', { template: live('osTemplates', 'Plan 9') }, replace),
  ]);
  expect(openOf(report)).toEqual(['blocked machines/m: there is no live OS template "Plan 9"']);
  expect(it.writes()).toEqual(writes);
});

test('a limit that blocks the creates of a replacement blocks its deletes too', async () => {
  await using it = await bench({
    policy: { limits: { ...limits, hourlyCost: 0.01 }, prices: { C5: 0.5 } },
  });
  const cheap = { state: 'off' };
  await it.pass([network('ny2'), machine('ny2', cheap)]);
  const writes = it.writes();
  const report = await it.pass([
    network('ca1', replace),
    machine('ca1', { state: 'running' }, replace),
  ]);
  expect(report.actions.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
    'machines/m:delete blocked',
    'privateNetworks/n:delete blocked',
    'privateNetworks/n:create blocked',
    'machines/m:create blocked',
  ]);
  expect(it.writes()).toEqual(writes);
});

const limits = {
  updates: { percent: 100 },
  deletions: { percent: 100 },
  deletionsPerDay: 100,
  hourlyCost: null,
  disruption: {},
};

test('jobs on one machine run one at a time', async () => {
  await using it = await bench();
  await it.pass([network('ny2'), machine('ny2', { state: 'off' })]);
  const made = (kind: string, name: string) =>
    want(kind, name, { machine: declared('machines', 'm') });
  const report = await it.pass([
    network('ny2'),
    machine('ny2', { state: 'off' }),
    made('snapshots', 'one'),
    made('snapshots', 'two'),
    made('customTemplates', 'image'),
  ]);
  expect(outcomesOf(report).toSorted()).toEqual([
    'customTemplates/image:create done',
    'snapshots/one:create done',
    'snapshots/two:create done',
  ]);
});
