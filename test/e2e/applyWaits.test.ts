import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place, type Ended, type Env, type Place } from './holdfast.ts';

/** A simulator in which creating a machine takes an hour, until `skip` sets its clock two hours ahead. */
async function slowTeam() {
  let ahead = 0;
  const simulator = await startSimulator({
    durations: { create: 3_600_000 },
    now: () => Date.now() + ahead,
  });
  return { simulator, skip: () => void (ahead = 7_200_000) };
}

/** Runs `apply` until it waits for the machine, and then lets the machine get ready. */
async function applied(here: Place, env: Env, skip: () => void): Promise<Ended> {
  const apply = here.start(['apply', '--yes'], env);
  await apply.saw(/waiting for machines\/m: provisioning/);
  skip();
  return apply.ended;
}

const team = `machines:
  m: { machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50, state: running }
startupScripts:
  s: { script: echo, assignedMachines: [m] }
`;

test('apply waits for what an earlier run left pending, and then carries out the actions that depended on it', async () => {
  const { simulator, skip } = await slowTeam();
  await using _ = simulator;
  await using here = await place();
  await here.write({ 'config/team.yaml': team });
  const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'key' };
  expect(await here.run(['apply', '--yes', '--no-wait'], env)).toMatchObject({ code: 3 });
  const ended = await applied(here, env, skip);
  expect(ended.stdout).toContain('All in sync');
  expect(ended.code).toBe(0);
});

test('apply waits for creates whose responses were lost, in this run and in an earlier one', async () => {
  await using simulator = await startSimulator();
  await using here = await place();
  await here.write({
    'config/team.yaml': 'privateNetworks:\n  a: { region: ny2 }\n  b: { region: ny2 }\n',
    'config/holdfast.yaml': 'settings: { visibility: 2s, requests: { timeout: 2s } }\n',
  });
  const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'key' };
  const path = '/private-networks';
  simulator.fault({ method: 'POST', path, kind: 'reset-before' });
  const first = await here.run(['apply', '--yes', '--no-wait'], env);
  expect(first.code, first.stdout).toBe(1);
  simulator.fault({ method: 'POST', path, kind: 'reset-after' });
  const second = await here.run(['apply', '--yes'], env);
  expect(second.stderr).toMatch(
    /waiting for privateNetworks\/a: a create was sent, but no list shows it yet; checking until/,
  );
  expect(second.code, second.stdout).toBe(0);
  expect([...simulator.world.privateNetworks].map(({ name }) => name).toSorted()).toEqual([
    'a',
    'b',
  ]);
});

test('apply does not wait for a create that was answered and is listed', async () => {
  await using simulator = await startSimulator();
  await using here = await place();
  await here.write({
    'config/team.yaml':
      'datasets:\n  d: { versions: { v1: { message: First } } }\nprivateNetworks:\n  n: { region: ny2 }\n',
  });
  const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'key' };
  expect(await here.run(['apply', '--yes'], env)).toMatchObject({
    code: 0,
    stderr: expect.not.stringContaining('waiting for') as string,
  });
});

test('apply waits for a machine that somebody else has created', async () => {
  const { simulator, skip } = await slowTeam();
  await using _ = simulator;
  await using here = await place();
  await here.write({ 'config/team.yaml': team });
  await fetch(`${simulator.url}/v1/machines`, {
    method: 'POST',
    headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'm',
      machineType: 'C5',
      templateId: 't0nspur5',
      region: 'ny2',
      diskSize: 50,
      startOnCreate: false,
    }),
  });
  const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'key' };
  const ended = await applied(here, env, skip);
  expect(ended.code, ended.stdout).toBe(0);
  expect([...simulator.world.machines]).toMatchObject([{ state: 'ready' }]);
});
