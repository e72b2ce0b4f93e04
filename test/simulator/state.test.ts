import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { newMachine, startTeam } from './client.ts';

/** Creates a directory that is deleted at the end of the test. */
function directory() {
  const path = mkdtempSync(join(tmpdir(), 'simulator-'));
  return {
    path,
    stateFile: join(path, 'deep', 'state.json'),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

test('a world survives a restart, with its jobs', async () => {
  using place = directory();
  const { stateFile } = place;
  let id = '';
  let before: unknown;
  let made = 0;
  {
    await using team = await startTeam({ stateFile, capacity: { 'C5@ny2': 3 } });
    const script = await team.ok('POST', '/startup-scripts', { name: 's', script: 'true' });
    const body = { ...newMachine, startupScriptId: script.id };
    id = (await team.ok('POST', '/machines', body)).data.id;
    before = await team.ok('GET', '/os-templates');
    made = team.world.ids.count;
  }
  await using team = await startTeam({ stateFile });
  expect(await team.ok('GET', `/machines/${id}`)).toMatchObject({ state: 'provisioning' });
  expect(await team.ok('GET', '/os-templates')).toEqual(before);
  expect((await team.ok('GET', '/auth/session')).user.email).toBe('ada@example.com');
  expect(team.world.capacity.get('C5@ny2')).toBe(2);
  team.wait(60_000);
  expect(await team.ok('GET', `/machines/${id}`)).toMatchObject({ state: 'ready' });
  expect(team.world.machines.get(id)?.scriptRuns).toMatchObject([{ boot: 1 }]);
  expect(team.world.ids.count).toBe(made);
});

test('the file is complete after each answered write, and there are no other files', async () => {
  using place = directory();
  await using team = await startTeam({ stateFile: place.stateFile });
  await team.ok('POST', '/projects', { name: 'kept' });
  expect(JSON.parse(readFileSync(place.stateFile, 'utf8'))).toMatchObject({
    format: 'holdfast/simulator/v2',
    tables: { projects: [{ name: 'kept' }] },
  });
  expect(readdirSync(join(place.path, 'deep'))).toEqual(['state.json']);
});

test.each([
  ['{', 'JSON'],
  ['null', 'its format is not holdfast/simulator/v2'],
  ['{"format":"other"}', 'its format is not holdfast/simulator/v2'],
  ['{"format":"holdfast/simulator/v1"}', 'not iterable'],
  ['{"format":"holdfast/simulator/v2"}', 'not iterable'],
])('a file with %s is refused and not changed', async (text, says) => {
  using place = directory();
  const stateFile = join(place.path, 'state.json');
  writeFileSync(stateFile, text);
  const problem = await startSimulator({ stateFile }).then(
    () => 'started',
    (error: Error) => error.message,
  );
  expect(problem).toContain(`cannot read the simulator's state file ${stateFile}: `);
  expect(problem).toContain(says);
  expect(readFileSync(stateFile, 'utf8')).toBe(text);
});

test('a port in use is an error', async () => {
  await using team = await startTeam();
  await expect(startSimulator({ port: team.simulator.port })).rejects.toThrow('EADDRINUSE');
});

test('the API shows changes that a test makes to the world', async () => {
  await using team = await startTeam();
  const { id } = await team.machine();
  team.world.machines.patch(id, { name: 'renamed in the console' });
  expect(await team.ok('GET', `/machines/${id}`)).toMatchObject({ name: 'renamed in the console' });
  team.world.machines.delete(id);
  expect(await team.send('GET', `/machines/${id}`)).toMatchObject({ status: 404 });
});
