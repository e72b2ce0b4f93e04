import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place } from './holdfast.ts';

const team = `machines:
  m: { machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50, state: running }
startupScripts:
  s: { script: echo, assignedMachines: [m] }
`;

test('apply waits for what an earlier run left pending, and then carries out the actions that depended on it', async () => {
  await using simulator = await startSimulator({ durations: { create: 3000 } });
  await using here = await place();
  await here.write({ 'config/team.yaml': team });
  const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'key' };
  expect(await here.run(['apply', '--yes', '--no-wait'], env)).toMatchObject({ code: 3 });
  const applied = await here.run(['apply', '--yes'], env);
  expect(applied.stderr).toContain('waiting for machines/m: provisioning\n');
  expect(applied.stdout).toContain('All in sync');
  expect(applied.code).toBe(0);
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
  await using simulator = await startSimulator({ durations: { create: 3000 } });
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
  const applied = await here.run(['apply', '--yes'], {
    PAPERSPACE_API_URL: `${simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'key',
  });
  expect(applied.stderr).toContain('waiting for machines/m: provisioning\n');
  expect(applied.code, applied.stdout).toBe(0);
  expect([...simulator.world.machines]).toMatchObject([{ state: 'ready' }]);
});
