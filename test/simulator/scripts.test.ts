import { expect, test } from 'vitest';
import { newMachine, startTeam, type Team } from './client.ts';

const newScript = (team: Team, fields = {}) =>
  team.ok('POST', '/startup-scripts', { name: 's', script: 'echo hello', ...fields });

const runs = (team: Team, machineId: string) =>
  (team.world.machines.get(machineId)?.scriptRuns ?? []).map(({ boot, script }) => [boot, script]);

test('no answer shows a script', async () => {
  await using team = await startTeam();
  const script = await newScript(team, { isRunOnce: true });
  expect(script).toMatchObject({ isRunOnce: true, isEnabled: true, assignedMachineIds: [] });
  expect(JSON.stringify(await team.ok('GET', '/startup-scripts'))).not.toContain('echo');
  expect(team.world.startupScripts.get(script.id)?.script).toBe('echo hello');
});

test.each([
  { because: 'it runs at each boot', fields: {}, expected: [1, 2] },
  {
    because: 'with isRunOnce it runs at the first boot only',
    fields: { isRunOnce: true },
    expected: [1],
  },
])('a script given at creation: $because', async ({ fields, expected }) => {
  await using team = await startTeam();
  const script = await newScript(team, fields);
  const { id } = await team.machine({ startupScriptId: script.id });
  await team.ok('PATCH', `/machines/${id}/restart`);
  team.wait(60_000);
  await team.ok('GET', '/machines');
  expect(runs(team, id)).toEqual(expected.map((boot) => [boot, 'echo hello']));
});

test('a script that is assigned later runs at the next boot, with its latest text', async () => {
  await using team = await startTeam();
  const script = await newScript(team);
  const { id: machineId } = await team.machine();
  await team.ok('POST', `/startup-scripts/${script.id}/assign`, { machineId });
  expect(runs(team, machineId)).toEqual([]);
  await team.ok('PUT', `/startup-scripts/${script.id}`, { script: 'echo changed' });
  await team.ok('PATCH', `/machines/${machineId}/restart`);
  team.wait(60_000);
  await team.ok('GET', '/machines');
  expect(runs(team, machineId)).toEqual([[2, 'echo changed']]);
});

test('a disabled script does not run', async () => {
  await using team = await startTeam();
  const script = await newScript(team);
  await team.ok('PUT', `/startup-scripts/${script.id}`, { isEnabled: false });
  const { id } = await team.machine({ startupScriptId: script.id });
  expect(runs(team, id)).toEqual([]);
});

test('a repeated assign changes nothing; an unassign without an assignment is refused', async () => {
  await using team = await startTeam();
  const { id } = await newScript(team);
  const { id: machineId } = await team.machine();
  const assign = () => team.ok('POST', `/startup-scripts/${id}/assign`, { machineId });
  const unassign = () => team.send('POST', `/startup-scripts/${id}/unassign`, { machineId });
  expect(await unassign()).toMatchObject({ status: 404 });
  expect((await assign()).assignedMachineIds).toEqual([machineId]);
  expect((await assign()).assignedMachineIds).toEqual([machineId]);
  expect((await unassign()).body.assignedMachineIds).toEqual([]);
  expect(await unassign()).toMatchObject({ status: 404 });
});

test.each([
  { script: 'scnone', machine: true },
  { script: undefined, machine: false },
])('assign is refused if script or machine does not exist', async ({ script, machine }) => {
  await using team = await startTeam();
  const { id } = await newScript(team);
  const machineId = machine ? (await team.machine()).id : 'psmnone';
  const reply = await team.send('POST', `/startup-scripts/${script ?? id}/assign`, { machineId });
  expect(reply).toMatchObject({ status: 404 });
});

test('a second script is refused, and the first one stays', async () => {
  await using team = await startTeam();
  const [first, second] = [await newScript(team), await newScript(team)];
  const { id: machineId } = await team.machine({ startupScriptId: first.id });
  const reply = await team.send('POST', `/startup-scripts/${second.id}/assign`, { machineId });
  expect(reply).toMatchObject({ status: 409 });
  expect(team.world.startupScripts.get(first.id)?.assignedMachineIds).toEqual([machineId]);
});

test('a second script can replace the first one', async () => {
  await using team = await startTeam({ secondScript: 'replace' });
  const [first, second] = [await newScript(team), await newScript(team)];
  const { id: machineId } = await team.machine({ startupScriptId: first.id });
  await team.ok('POST', `/startup-scripts/${second.id}/assign`, { machineId });
  expect(team.world.startupScripts.get(first.id)?.assignedMachineIds).toEqual([]);
  expect(team.world.startupScripts.get(second.id)?.assignedMachineIds).toEqual([machineId]);
});

test('deleting a script detaches its machines', async () => {
  await using team = await startTeam();
  const { id } = await newScript(team);
  const machine = await team.machine({ startupScriptId: id });
  await team.ok('DELETE', `/startup-scripts/${id}`);
  expect(team.world.machines.get(machine.id)?.startupScriptId).toBeNull();
  const again = await newScript(team);
  const body = { machineId: machine.id };
  await team.ok('POST', `/startup-scripts/${again.id}/assign`, body);
});

test('a machine that never booted has run no script', async () => {
  await using team = await startTeam();
  const { id } = await newScript(team);
  const body = { ...newMachine, startupScriptId: id, startOnCreate: false };
  const { data } = await team.ok('POST', '/machines', body);
  team.wait(60_000);
  await team.ok('GET', '/machines');
  expect(team.world.machines.get(data.id)).toMatchObject({ boots: 0, scriptRuns: [] });
});
