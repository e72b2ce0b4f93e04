import { describe, expect, test } from 'vitest';
import { bench, type Bench } from '../support/passes.ts';
import { catalog, declared, live, text, want } from '../support/team.ts';

const machine = want('machines', 'a', {
  machineType: 'C5',
  template: live('osTemplates', 'Ubuntu 22.04'),
  region: 'ny2',
  diskSize: 50,
});
const project = want('projects', 'vision', {});
const deployment = want('deployments', 'api', {
  project: declared('projects', 'vision'),
  config: {
    apiVersion: 'v1',
    image: 'example/api:1',
    resources: { machineType: 'A4000', ports: [8080], replicas: 1 },
    env: [{ name: 'A', value: 'canary-in-the-clear' }],
    basicAuthKey: 'secret:canary-key',
  },
});
const lake = want('storageProviders', 'lake', {
  storageProviderType: text('s3'),
  s3Config: { bucket: 'lake', accessKey: 'AKIA', secretAccessKey: text('canary-secret') },
});

/** Reads a detail of the only resource of a kind. Returns its value and the requests that it sent. */
async function detailOf(it: Bench, kind: string, name: string) {
  const listed = await Array.fromAsync(catalog.kinds.get(kind)?.list(it.api) ?? []);
  const [found] = listed.flat();
  const read = catalog.kinds.get(kind)?.details?.[name];
  if (!found || !read) throw new Error(`there is no ${name} of ${kind}`);
  const before = it.simulator.requests.length;
  const value = await read(it.api, found);
  const sent = it.simulator.requests.slice(before);
  expect(JSON.stringify(value)).not.toContain('canary');
  return { id: found.id, value, sent: sent.map(({ method, path }) => `${method} ${path}`) };
}

describe('each detail of a resource takes one request', () => {
  test('events of a machine, newest first', async () => {
    await using it = await bench();
    await it.pass([machine, { ...machine, address: 'machines/b', name: 'b' }]);
    const [first] = [...it.simulator.world.machines];
    const id = first?.id ?? '';
    await it.api.patch(`/machines/${id}/stop`, {});
    it.clock.advance(600_000);
    const { value, sent } = await detailOf(it, 'machines', 'events');
    expect(value).toMatchObject([
      { verb: 'stop', machine: id, state: 'done', at: expect.any(String) },
      { verb: 'create', machine: id, state: 'done', endedAt: expect.any(String) },
    ]);
    expect(sent).toEqual(['GET /machine-events']);
  });

  test('availability of the type of a machine in its region', async () => {
    await using it = await bench({ simulator: { capacity: { 'C5@ny2': 1 } } });
    await it.pass([machine]);
    const { value, sent } = await detailOf(it, 'machines', 'availability');
    expect(value).toEqual({ machineType: 'C5', region: 'ny2', available: false });
    expect(sent).toEqual(['GET /machine-availability']);
  });

  test('storage use of the team in GB', async () => {
    await using it = await bench();
    await it.pass([lake]);
    const { value, sent } = await detailOf(it, 'storageProviders', 'utilization');
    expect(value).toEqual({
      totalUsage: 0,
      modelUsage: 0,
      datasetUsage: 0,
      sharedStorageUsage: 0,
      notebookWorkspaceUsage: 0,
      totalFreeStorage: 5,
      remainingFreeStorage: 5,
    });
    expect(sent).toEqual(['GET /storage-providers/utilization']);
  });

  test('runs of a deployment with their instances, without the environment', async () => {
    await using it = await bench();
    await it.pass([project, deployment]);
    const { id, value, sent } = await detailOf(it, 'deployments', 'runs');
    expect(value).toMatchObject([
      { replicas: 1, readyReplicas: 1, instances: [{ state: 'running', at: expect.any(String) }] },
    ]);
    expect(sent).toEqual([`GET /deployments/${id}/runs`]);
  });

  test('activity of a project', async () => {
    await using it = await bench();
    await it.pass([project, deployment]);
    const { id, value, sent } = await detailOf(it, 'projects', 'activity');
    expect(value).toEqual([
      {
        at: expect.any(String),
        action: 'deployment.created',
        deployment: 'api',
        by: expect.stringContaining('@'),
      },
    ]);
    expect(sent).toEqual([`GET /projects/${id}/activity`]);
  });
});

test('a pass reads no details', async () => {
  await using it = await bench();
  const team = [machine, project, deployment, lake];
  await it.pass(team);
  await it.pass(team);
  const beside = /availability|utilization|runs$|activity|machineId=/;
  const asked = it.simulator.requests.filter(({ path }) => beside.test(path));
  expect(asked.map(({ path }) => path)).toEqual(['/machine-availability']);
});
