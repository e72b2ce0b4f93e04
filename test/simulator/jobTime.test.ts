import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { newMachine, startTeam, type Team } from './client.ts';

const config = {
  apiVersion: 'v1',
  name: 'web',
  image: 'nginx',
  resources: { machineType: 'C5', ports: [80] },
};

/** Runs each type of job once, one after the other. Resolves with the duration of each. */
async function jobs(team: Team, pause: number): Promise<Record<string, number>> {
  const { ok, world, wait } = team;
  const settle = async () => {
    wait(pause);
    await ok('GET', '/machines');
  };
  const { data } = await ok('POST', '/machines', newMachine);
  const path = `/machines/${data.id}`;
  await settle();
  for (const verb of ['restart', 'stop']) {
    await ok('PATCH', `${path}/${verb}`);
    await settle();
  }
  const change = { machineType: 'C6', diskSize: 100 };
  const create = { name: 'x', machineId: data.id };
  await ok('PUT', path, change);
  await settle();
  await ok('POST', '/custom-templates', create);
  await settle();
  const snapshot = `/snapshots/${(await ok('POST', '/snapshots', create)).data.id}`;
  await settle();
  await ok('POST', `${snapshot}/restore`, {});
  await settle();
  await ok('DELETE', snapshot);
  await settle();
  await ok('PATCH', `${path}/start`);
  await settle();
  await ok('DELETE', path);
  const { id: projectId } = await ok('POST', '/projects', { name: 'p' });
  await ok('POST', '/deployments', { projectId, config });
  await settle();
  const [spec] = [...world.deploymentSpecs];
  return {
    ...Object.fromEntries(
      [...world.events].map((event) => [event.name, (event.dtFinished ?? NaN) - event.dtCreated]),
    ),
    deployment: (spec?.dtHealthy ?? NaN) - (spec?.dtCreated ?? NaN),
  };
}

const all = (took: number) => ({
  create: took,
  restart: took,
  stop: took,
  'vm-upgrade': took,
  'template-create': took,
  'snapshot-create': took,
  'snapshot-restore': took,
  'snapshot-delete': took,
  start: took,
  deactivate: took,
  deployment: took,
});

test.each([0, 1, 500, 7 * 86_400_000])(
  'with a job time of %i ms, every job takes that long',
  async (jobTime) => {
    await using team = await startTeam({ jobTime });
    expect(await jobs(team, 2 * jobTime)).toEqual(all(jobTime));
  },
);

test('without a job time, jobs take their default time, as documented', async () => {
  await using team = await startTeam();
  const took = await jobs(team, 60_000);
  const page = readFileSync(join(import.meta.dirname, '../../docs/simulator.md'), 'utf8');
  const seconds = (name: string) => `${(took[name] ?? NaN) / 1000} s`;
  for (const row of [
    `| create, and then boot | ${seconds('create')} and 0.8 s |`,
    `| start, stop, restart | ${['start', 'stop', 'restart'].map(seconds).join(', ')} |`,
    `| delete a machine | ${seconds('deactivate')} |`,
    `| change of machine type or disk | ${seconds('vm-upgrade')} |`,
    `| take, restore, delete a snapshot | ${seconds('snapshot-create')} |`,
    `| create a template | ${seconds('template-create')} |`,
    `| deployment | ${seconds('deployment')} |`,
  ])
    expect(page).toContain(row);
  expect(took).toEqual({
    create: 1600,
    restart: 1300,
    stop: 900,
    'vm-upgrade': 1100,
    'template-create': 2100,
    'snapshot-create': 1100,
    'snapshot-restore': 1100,
    'snapshot-delete': 1100,
    start: 1100,
    deactivate: 900,
    deployment: 1000,
  });
});

test('a configured duration overrides the job time', async () => {
  await using team = await startTeam({ jobTime: 500, durations: { stop: 70 } });
  expect(await jobs(team, 1000)).toEqual({ ...all(500), stop: 70 });
});

test('a new machine takes as long to boot as its create event', async () => {
  await using team = await startTeam({ jobTime: 3000 });
  const { data } = await team.ok('POST', '/machines', newMachine);
  const seen: string[] = [];
  for (const pause of [2999, 1, 2999, 1]) {
    team.wait(pause);
    seen.push((await team.ok('GET', `/machines/${data.id}`)).state);
  }
  expect(seen).toEqual(['provisioning', 'starting', 'serviceready', 'ready']);
});

test('with a job time of 0, a new machine is ready at the next request', async () => {
  await using team = await startTeam({ jobTime: 0 });
  const { data } = await team.ok('POST', '/machines', newMachine);
  expect(data.state).toBe('provisioning');
  expect(await team.ok('GET', `/machines/${data.id}`)).toMatchObject({ state: 'ready' });
});

test.each([-1, 1.5, NaN, Infinity, 7 * 86_400_000 + 1])(
  'a job time of %d is refused',
  async (jobTime) => {
    await expect(startSimulator({ jobTime })).rejects.toThrow(
      `jobTime is ${jobTime}; it takes whole milliseconds from 0 to 604800000`,
    );
  },
);
