import { describe, expect, test } from 'vitest';
import { loadDesired } from '../../src/desired/load.ts';
import type { FaultKind } from '../../src/simulator/faults/faults.ts';
import { directoryOf, problemsIn } from '../fixtures/desired/directory.ts';
import { bench, openOf, outcomesOf, type Bench } from '../support/passes.ts';
import { catalog, declared, live, want } from '../support/team.ts';

const env = { HUB_TOKEN: 'hub-token-1' };
const secret = (name: string) => ({ from: 'env', name }) as const;
const user = (name: string) => live('users', `${name}@example.com`);

const config = (over: object = {}) => ({
  apiVersion: 'v1',
  image: 'example/api:1',
  resources: { machineType: 'A4000', ports: [8080], replicas: 2 },
  ...over,
});

const project = (over: object = {}) =>
  want('projects', 'vision', {
    collaborators: [user('grace')],
    tags: ['production'],
    models: [declared('models', 'classifier')],
    secrets: { HUB_TOKEN: secret('HUB_TOKEN') },
    ...over,
  });
const model = want('models', 'classifier', { description: 'Cats' });
const api = (over: object = {}, lifecycle = {}) =>
  want(
    'deployments',
    'api',
    { project: declared('projects', 'vision'), config: config(over) },
    lifecycle,
  );

test('a project is created with its relations, and a deployment is done when it is healthy', async () => {
  await using it = await bench({ env });
  const team = [project(), model, api()];
  const first = await it.pass(team);
  expect(outcomesOf(first).toSorted()).toEqual([
    'deployments/api:create done',
    'models/classifier:create done',
    'projects/vision:assign(collaborators/grace@example.com) done',
    'projects/vision:assign(models/classifier) done',
    'projects/vision:assign(secrets/HUB_TOKEN) done',
    'projects/vision:assign(tags/production) done',
    'projects/vision:create done',
  ]);
  const [deployed] = it.simulator.world.deploymentSpecs;
  expect(deployed?.dtHealthy).not.toBeNull();
  const second = await it.pass(team);
  expect([openOf(second), second.actions]).toEqual([[], []]);
  expect(second.api.requests).toBe(8);
  expect(it.contract.problems).toEqual([]);
});

test('members of a project are added and removed one by one', async () => {
  await using it = await bench({ env });
  await it.pass([project(), model]);
  const changed = project({ collaborators: [user('linus')], tags: [], models: [] });
  expect(outcomesOf(await it.pass([changed, model])).toSorted()).toEqual([
    'projects/vision:assign(collaborators/linus@example.com) done',
    'projects/vision:unassign(collaborators/grace@example.com) done',
    'projects/vision:unassign(models/classifier) done',
    'projects/vision:unassign(tags/production) done',
  ]);
  expect((await it.pass([changed, model])).actions).toEqual([]);
  expect(it.contract.problems).toEqual([]);
});

test('a secret that a list does not show yet is updated', async () => {
  await using it = await bench({ env });
  await it.pass([project({ secrets: {} }), model]);
  const [made] = it.simulator.world.projects;
  await it.api.post(`/projects/${made?.id}/secrets`, { name: 'HUB_TOKEN', value: 'other' });
  it.simulator.fault({ method: 'GET', path: '/projects/*/secrets', kind: { listLag: 60_000 } });
  expect(outcomesOf(await it.pass([project(), model]))).toEqual([
    'projects/vision:assign(secrets/HUB_TOKEN) done',
  ]);
  expect([...it.simulator.world.secrets].map(({ value }) => value)).toEqual(['hub-token-1']);
});

test('a model cannot be changed or renamed', async () => {
  await using it = await bench();
  await it.pass([model]);
  const other = want('models', 'other', { description: 'Dogs' }, { formerName: 'classifier' });
  const report = await it.pass([other]);
  expect(report.actions).toEqual([]);
  expect(openOf(report)).toEqual([
    'blocked models/other: description is fixed at creation; name cannot be changed',
  ]);
});

test('undeclared fields of a deployment stay, and changes are reported field by field', async () => {
  await using it = await bench({ env });
  const team = (over: object, lifecycle = {}) => [project(), model, api(over, lifecycle)];
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

test('a deployment that is not healthy is pending, and accepts another spec', async () => {
  await using it = await bench({ env, simulator: { durations: { deployment: 600_000 } } });
  const team = (over: object) => [project(), model, api(over)];
  await it.pass([project(), model]);
  const [made] = it.simulator.world.projects;
  await it.api.post('/deployments', { projectId: made?.id, config: { ...config(), name: 'api' } });
  expect(openOf(await it.plan(team({})))).toEqual(['pending deployments/api: being applied']);
  expect(outcomesOf(await it.pass(team({ image: 'example/api:2' })))).toEqual([
    'deployments/api:update done',
  ]);
  expect((await it.pass(team({ image: 'example/api:2' }))).actions).toEqual([]);
});

test('a deployment that runs nothing is ready when it is applied, and a refused one fails', async () => {
  await using it = await bench({ env });
  const team = (over: object) => [project(), model, api(over)];
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

  /** Stops waiting when the instances have ended: in simulated time, some time after the spec was applied. */
  async function givenUp(it: Bench, fault: FaultKind) {
    await it.pass(settled);
    it.simulator.fault({ method: 'POST', path: '/deployments', kind: fault });
    const hurry = new AbortController();
    it.simulator.onExchange(({ operationId }) => {
      const [spec] = it.simulator.world.deploymentSpecs;
      if (operationId?.startsWith('deployments-') && spec?.externalApplied) hurry.abort();
    });
    return it.hurry(hurry.signal, [...settled, api()]);
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

  test('is empty while its instances show none: then the deployment is pending', async () => {
    await using it = await bench({ env, simulator: { durations: { deployment: 600_000 } } });
    await it.pass(settled);
    const hurry = AbortSignal.abort();
    expect(openOf(await it.hurry(hurry, [...settled, api()]))).toEqual([
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
    const report = await it.pass([...settled, api()]);
    const error = 'deployments/api:create: the API accepted it, and it failed: no such image';
    expect(openOf(report)).toEqual([`failed deployments/api: ${error}`]);
    expect(runsAsked(it)).toHaveLength(1);
    await it.pass([...settled, api()]);
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
  await it.pass([project(), model, api()]);
  const { kind, spec } = api();
  const renamed = [project(), model, want(kind, 'api-2', spec, { formerName: 'api' })];
  expect(outcomesOf(await it.pass(renamed))).toEqual(['deployments/api-2:update done']);
  expect([...it.simulator.world.deployments].map(({ name }) => name)).toEqual(['api-2']);
  expect((await it.pass(renamed)).actions).toEqual([]);
  expect(it.contract.problems).toEqual([]);
});

test('versions of a dataset are created by tag, made final, and updated in the fields that differ', async () => {
  await using it = await bench();
  const dataset = (versions: object, over: object = {}) => [
    want('datasets', 'cats', { description: 'Cats', versions, ...over }),
  ];
  const v1 = { message: 'First', metadata: { images: 1 }, isCommitted: true };
  await it.pass(dataset({ v1 }));
  const [made] = it.simulator.world.datasetVersions;
  expect(made).toMatchObject({ ...v1, tags: ['v1'] });
  expect((await it.pass(dataset({ v1 }))).actions).toEqual([]);
  const before = it.writes().length;
  const changed = dataset({ v1: { ...v1, message: 'The first' } });
  const report = await it.pass(changed);
  expect(report.actions.map(({ id, changes }) => [id, changes])).toEqual([
    [
      'datasets/cats:update(versions/v1)',
      [{ path: 'versions/v1.message', desired: 'The first', observed: 'First' }],
    ],
  ]);
  expect(it.writes().slice(before)).toEqual([
    `PUT /datasets/${made?.datasetId}/versions/${made?.version}`,
  ]);
  expect((await it.pass(dataset({}))).actions).toEqual([]);
  expect([...it.simulator.world.datasetVersions]).toHaveLength(1);
  expect(it.contract.problems).toEqual([]);
});

test('public datasets are listed if one is declared, and a bound one is never created twice', async () => {
  await using it = await bench();
  const dataset = (isPublic: boolean) => [want('datasets', 'board', { isPublic })];
  await it.pass(dataset(true));
  expect((await it.pass(dataset(true))).actions).toEqual([]);
  it.clock.advance(121_000);
  const report = await it.pass(dataset(false));
  expect([openOf(report), report.actions]).toEqual([
    ['blocked datasets/board: isPublic is fixed at creation'],
    [],
  ]);
  expect([...it.simulator.world.datasets]).toHaveLength(1);
  expect(it.contract.problems).toEqual([]);
});

/** Returns the problems of a config with the program's own kinds. */
const problemsWith = async (yaml: string): Promise<readonly string[]> =>
  problemsIn(await loadDesired(await directoryOf({ 'team.yaml': yaml }), catalog));

test('validate rejects what the API would reject', async () => {
  const long = 'N'.repeat(129);
  expect(
    await problemsWith(
      [
        'projects:',
        `  ${long}: {}`,
        '  vision:',
        '    secrets:',
        '      good_1: { env: A }',
        '      1-bad: { env: A }',
        `      ${long}: { env: A }`,
        '      plain: hush',
        'datasets:',
        '  cats:',
        '    versions: { "a,b": {}, v1: { mesage: First } }',
        'deployments:',
        '  api:',
        '    project: vision',
        '    config:',
        '      apiVersion: v1',
        '      name: other',
        '      basicAuthKey: hush',
        '      resources: { ports: [80], replicas: -1 }',
      ].join('\n'),
    ),
  ).toEqual([
    expect.stringMatching(
      /^2:3 wrong-name: "N+…" is not a valid name: it takes 1 to 128 printable characters$/,
    ),
    '6:7 wrong-name: a key in secrets of projects/vision is "1-bad"; it takes letters, digits and _, with a letter first, such as HUB_TOKEN',
    expect.stringMatching(
      /^7:7 wrong-name: a key in secrets of projects\/vision is "N+…"; it takes at most 128 characters$/,
    ),
    expect.stringMatching(/^8:14 plain-secret: secrets.plain of projects\/vision is a secret/),
    '11:17 wrong-name: a key in versions of datasets/cats is "a,b"; it takes a text without commas, and without space at its ends',
    '11:34 unknown-field: unknown field "mesage" in versions.v1 of datasets/cats; did you mean message?',
    '15:5 missing-field: missing field "image" in config of deployments/api',
    '17:13 wrong-value: config.name of deployments/api is "other", and must not be set here',
    '18:21 wrong-value: config.basicAuthKey of deployments/api is a string; it takes what matches ^secret:.',
    '19:7 missing-field: missing field "machineType" in config.resources of deployments/api',
    '19:43 wrong-value: config.resources.replicas of deployments/api is -1; it takes at least 0',
  ]);
});

test('a project is created even if one of its secrets is unreadable, and the secret is reported', async () => {
  await using it = await bench();
  const lone = want('projects', 'lone', {
    secrets: { TOKEN: { from: 'env', name: 'NOWHERE' } },
  });
  const report = await it.pass([lone]);
  expect(outcomesOf(report)).toEqual(['projects/lone:create done']);
  expect(openOf(report)).toEqual(['blocked projects/lone: secrets/TOKEN: it is not set']);
});
