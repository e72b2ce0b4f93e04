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
