import { describe, expect, test } from 'vitest';
import type { FaultKind } from '../../src/simulator/faults/faults.ts';
import { bench, openOf, outcomesOf, type Bench } from '../support/passes.ts';
import { config, deployment, env, model, project } from '../support/projects.ts';
import { want } from '../support/team.ts';

test('undeclared fields of a deployment are kept, and changes are reported by field', async () => {
  await using it = await bench({ env });
  const team = (over: object, lifecycle = {}) => [project(), model, deployment(over, lifecycle)];
  await it.pass(team({ env: [{ name: 'A', value: 'secret:HUB_TOKEN' }] }));
  const [made] = it.simulator.world.deployments;
  const command = ['serve'];
  await it.api.post('/deployments', {
    projectId: made?.projectId,
    config: {
      ...config({ env: [{ name: 'A', value: 'plain-secret' }], command }),
      name: 'api',
      resources: { machineType: 'A4000', ports: [8080], replicas: 5 },
    },
  });
  it.clock.advance(3_600_000);
  const wanted = { env: [{ name: 'A', value: 'secret:HUB_TOKEN' }] };
  const plan = await it.plan(team(wanted));
  expect(plan.actions.map(({ id, changes }) => [id, changes])).toEqual([
    [
      'deployments/api:update',
      [
        { path: 'config.resources.replicas', desired: 2, observed: 5 },
        { path: 'config.env[0].value', desired: 'secret:HUB_TOKEN', observed: '(hidden)' },
      ],
    ],
  ]);
  const ignoring = team(wanted, { ignoreChanges: ['config.resources.replicas'] });
  expect(outcomesOf(await it.pass(ignoring))).toEqual(['deployments/api:update done']);
  expect([...it.simulator.world.deploymentSpecs].at(-1)?.data).toEqual({
    ...config({ ...wanted, command }),
    name: 'api',
    resources: { machineType: 'A4000', ports: [8080], replicas: 5 },
  });
  expect((await it.pass(ignoring)).actions).toEqual([]);
  expect(it.contract.problems).toEqual([]);
});

test('a deployment that is not healthy yet is pending, and can be updated', async () => {
  await using it = await bench({ env, simulator: { durations: { deployment: 600_000 } } });
  const team = (over: object) => [project(), model, deployment(over)];
  await it.pass([project(), model]);
  const [made] = it.simulator.world.projects;
  await it.api.post('/deployments', { projectId: made?.id, config: { ...config(), name: 'api' } });
  expect(openOf(await it.plan(team({})))).toEqual(['pending deployments/api: being applied']);
  expect(outcomesOf(await it.pass(team({ image: 'example/api:2' })))).toEqual([
    'deployments/api:update done',
  ]);
  expect((await it.pass(team({ image: 'example/api:2' }))).actions).toEqual([]);
});

test('a disabled deployment is ready once it is applied, and a rejected one fails', async () => {
  await using it = await bench({ env });
  const team = (over: object) => [project(), model, deployment(over)];
  expect(openOf(await it.pass(team({ enabled: false })))).toEqual([]);
  it.simulator.fault({
    method: 'POST',
    path: '/deployments',
    kind: { eventError: 'no such image' },
  });
  const refused = await it.pass(team({ enabled: true }));
  expect(openOf(refused)).toEqual([
    'failed deployments/api: deployments/api:update: the API accepted it, and it failed: no such image',
  ]);
  expect(openOf(await it.pass(team({ enabled: true })))).toEqual([
    'failed deployments/api: no such image',
  ]);
  expect(openOf(await it.pass(team({ enabled: false })))).toEqual([]);
});

describe('the error of a deployment', () => {
  const settled = [project(), model];
  const runsAsked = (it: Bench): readonly string[] =>
    it.simulator.requests.flatMap(({ path }) => (path.endsWith('/runs') ? [path] : []));

  /** Stops waiting at the first read of the deployment after its spec was applied, when the instances have ended. */
  async function givenUp(it: Bench, fault: FaultKind) {
    await it.pass(settled);
    it.simulator.fault({ method: 'POST', path: '/deployments', kind: fault });
    const hurry = new AbortController();
    it.simulator.onExchange(({ operationId }) => {
      const [spec] = it.simulator.world.deploymentSpecs;
      if (operationId?.startsWith('deployments-') && spec?.externalApplied) hurry.abort();
    });
    return it.hurry(hurry.signal, [...settled, deployment()]);
  }

  test('is read once from its newest run when the wait ends', async () => {
    await using it = await bench({ env });
    const report = await givenUp(it, { instanceError: 'exit code 1: no GPU' });
    const error = 'the API accepted it, but it does not become ready: exit code 1: no GPU';
    expect(openOf(report)).toEqual([`failed deployments/api: deployments/api:create: ${error}`]);
    expect(runsAsked(it)).toHaveLength(1);
    const [deed] = await it.store.actionHistory('deployments/api', 1);
    expect(deed).toMatchObject({ outcome: 'failed', error });
  });

  test('is empty while its instances show none, and the deployment is pending', async () => {
    await using it = await bench({ env, simulator: { durations: { deployment: 600_000 } } });
    await it.pass(settled);
    const hurry = AbortSignal.abort();
    expect(openOf(await it.hurry(hurry, [...settled, deployment()]))).toEqual([
      'pending deployments/api: the API is at work on it',
    ]);
    expect(runsAsked(it)).toHaveLength(1);
  });

  test('is reported once if spec and instances agree, and its runs are read once', async () => {
    await using it = await bench({ env });
    await it.pass(settled);
    it.simulator.fault({
      method: 'POST',
      path: '/deployments',
      kind: { eventError: 'no such image' },
    });
    const report = await it.pass([...settled, deployment()]);
    const error = 'deployments/api:create: the API accepted it, and it failed: no such image';
    expect(openOf(report)).toEqual([`failed deployments/api: ${error}`]);
    expect(runsAsked(it)).toHaveLength(1);
    await it.pass([...settled, deployment()]);
    expect(runsAsked(it)).toHaveLength(1);
  });

  test('is empty if its runs cannot be read', async () => {
    await using it = await bench({ env });
    it.simulator.fault({ path: '/deployments/*/runs', kind: { status: 500 }, times: Infinity });
    const report = await givenUp(it, { instanceError: 'exit code 1' });
    expect(openOf(report)).toEqual(['pending deployments/api: the API is at work on it']);
  });
});

test('a renamed deployment keeps its id', async () => {
  await using it = await bench({ env });
  await it.pass([project(), model, deployment()]);
  const { kind, spec } = deployment();
  const renamed = [project(), model, want(kind, 'api-2', spec, { formerName: 'api' })];
  expect(outcomesOf(await it.pass(renamed))).toEqual(['deployments/api-2:update done']);
  expect([...it.simulator.world.deployments].map(({ name }) => name)).toEqual(['api-2']);
  expect((await it.pass(renamed)).actions).toEqual([]);
  expect(it.contract.problems).toEqual([]);
});
