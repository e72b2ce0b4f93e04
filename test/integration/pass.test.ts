import { expect, test } from 'vitest';
import { bench, openOf, outcomesOf } from '../support/passes.ts';
import { declared, live, text, want } from '../support/team.ts';

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
