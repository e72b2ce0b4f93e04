import { Agent, get } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import contract from '../../src/simulator/http/openapi.json' with { type: 'json' };
import { startSimulator } from '../../src/simulator/simulator.ts';
import { checkContract } from '../support/contract.ts';
import { newMachine, startTeam, type Team } from './client.ts';

const operationIds = Object.values(contract.paths)
  .flatMap((methods) => Object.values(methods))
  .map(({ operationId }) => operationId);

const s3Config = { bucket: 'b', accessKey: 'a', secretAccessKey: 's' };
const config = {
  apiVersion: 'v1',
  name: 'web',
  image: 'nginx',
  resources: { machineType: 'C5', ports: [80] },
};

/** Uses each collection like a client, until every operation has been called. */
const walks: Record<string, (team: Team) => Promise<void>> = {
  async session({ ok }) {
    const { team } = await ok('GET', '/auth/session');
    const { items } = await ok('GET', `/teams/${team.id}/users?role=member`);
    await ok('PUT', `/teams/${team.id}/users/${items[0].user.id}`, { isAdmin: true });
    await ok('DELETE', `/teams/${team.id}/users/${items[0].user.id}`);
    await walkSecrets(`/teams/${team.id}/secrets`, { ok });
    await ok('GET', '/os-templates');
    await ok('GET', '/machine-availability?machineType=C5&region=ny2');
  },

  async machines(team) {
    const { ok, world, wait } = team;
    const { event, data } = await ok('POST', '/machines', newMachine);
    const path = `/machines/${data.id}`;
    wait(60_000);
    await ok('GET', '/machines?orderBy=state&region=NY2&machineType=c5&name=train');
    await ok('GET', path);
    await ok('GET', '/machine-events');
    await ok('GET', `/machine-events/${event.id}`);
    await ok('PUT', path, { name: 'trainer-2' });
    await ok('GET', `${path}/desktop`);
    for (const verb of ['restart', 'stop', 'start']) {
      await ok('PATCH', `${path}/${verb}`);
      wait(60_000);
    }
    const userId = world.members.find(({ isOwner }) => isOwner)?.id;
    await ok('POST', `${path}/accessors`, { userId });
    await ok('GET', `${path}/accessors`);
    await ok('GET', `${path}/accessors/${userId}`);
    await ok('DELETE', `${path}/accessors/${userId}`);
    await ok('DELETE', path);
  },

  async images({ ok, machine, wait }) {
    const { id } = await machine({ startOnCreate: false });
    const snapshot = (await ok('POST', '/snapshots', { name: 's', machineId: id })).data;
    wait(60_000);
    await ok('GET', `/snapshots?machineId=${id}`);
    await ok('GET', `/snapshots/${snapshot.id}`);
    await ok('PUT', `/snapshots/${snapshot.id}`, { name: 't' });
    await ok('POST', `/snapshots/${snapshot.id}/restore`, { createSnapshotBeforeRestore: true });
    wait(60_000);
    await ok('DELETE', `/snapshots/${snapshot.id}`);
    wait(60_000);
    const template = (await ok('POST', '/custom-templates', { name: 'i', machineId: id })).data;
    wait(60_000);
    await ok('GET', `/custom-templates?machineId=${id}`);
    await ok('GET', `/custom-templates/${template.id}`);
    await ok('PUT', `/custom-templates/${template.id}`, { name: 'j' });
    await ok('DELETE', `/custom-templates/${template.id}`);
  },

  async scripts({ ok, machine }) {
    const { id: machineId } = await machine();
    const { id } = await ok('POST', '/startup-scripts', { name: 's', script: 'true' });
    await ok('GET', '/startup-scripts');
    await ok('GET', `/startup-scripts/${id}`);
    await ok('PUT', `/startup-scripts/${id}`, { isEnabled: false });
    await ok('POST', `/startup-scripts/${id}/assign`, { machineId });
    await ok('POST', `/startup-scripts/${id}/unassign`, { machineId });
    await ok('DELETE', `/startup-scripts/${id}`);
  },

  async networks({ ok, machine }) {
    const { id: networkId } = await ok('POST', '/private-networks', { name: 'n', region: 'ny2' });
    await ok('GET', '/private-networks');
    await ok('GET', `/private-networks/${networkId}`);
    await ok('PUT', `/private-networks/${networkId}`, { name: 'm' });
    const drive = { name: 'd', size: 250, region: 'ny2', networkId };
    const { id } = await ok('POST', '/shared-drives', drive);
    await ok('GET', '/shared-drives?region=ny2');
    await ok('GET', `/shared-drives/${id}`);
    await ok('PUT', `/shared-drives/${id}`, { name: 'e' });
    await ok('DELETE', `/shared-drives/${id}`);
    await ok('DELETE', `/private-networks/${networkId}`);
    const { ip } = await ok('POST', '/public-ips', { region: 'ny2' });
    await ok('GET', '/public-ips?region=ny2');
    await ok('PUT', `/public-ips/${ip}`, { machineId: (await machine()).id });
    await ok('DELETE', `/public-ips/${ip}`);
  },

  async storage({ ok }) {
    const body = { name: 's', storageProviderType: 's3', s3Config };
    const { id } = await ok('POST', '/storage-providers', body);
    await ok('GET', '/storage-providers');
    await ok('GET', '/storage-providers/utilization');
    await ok('GET', `/storage-providers/${id}`);
    await ok('PUT', `/storage-providers/${id}`, { name: 't', isTeamDefault: true, s3Config });
    const dataset = await ok('POST', '/datasets', { name: 'd', storageProviderId: id });
    const path = `/datasets/${dataset.id}`;
    await ok('GET', '/datasets?privacy=PRIVATE');
    await ok('GET', path);
    await ok('PUT', path, { description: 'text' });
    const { version } = await ok('POST', `${path}/versions`, { tags: 'a, b', metadata: { x: 1 } });
    await ok('GET', `${path}/versions?tags=a`);
    await ok('GET', `${path}/versions/${version}`);
    await ok('PUT', `${path}/versions/${version}`, { isCommitted: true });
    await ok('DELETE', `${path}/versions/${version}`);
    await ok('DELETE', path);
    await ok('DELETE', `/storage-providers/${id}`);
  },

  async projects({ ok, world }) {
    const { id } = await ok('POST', '/projects', { name: 'p' });
    const path = `/projects/${id}`;
    await ok('GET', '/projects');
    await ok('GET', path);
    await ok('PUT', path, { name: 'q' });
    const userId = world.members.find(({ isOwner }) => isOwner)?.id;
    await ok('POST', `${path}/collaborators`, { userId });
    await ok('GET', `${path}/collaborators`);
    await ok('DELETE', `${path}/collaborators/${userId}`);
    await ok('POST', `${path}/tags`, { name: 't' });
    await ok('GET', `${path}/tags`);
    await ok('DELETE', `${path}/tags?name=t`);
    await walkSecrets(`${path}/secrets`, { ok });
    const model = await ok('POST', '/models', { name: 'm', isPublic: false });
    await ok('GET', '/models');
    await ok('GET', `/models/${model.id}`);
    await ok('POST', `${path}/models/${model.id}`);
    await ok('GET', `${path}/models`);
    await ok('DELETE', `${path}/models/${model.id}`);
    await ok('DELETE', `/models/${model.id}`);
    await ok('DELETE', path);
  },

  async deployments({ ok, wait }) {
    const registry = { name: 'r', namespace: 'n', url: 'u', username: 'u', password: 'p' };
    const { id: registryId } = await ok('POST', '/container-registries', registry);
    await ok('GET', '/container-registries');
    await ok('GET', `/container-registries/${registryId}`);
    await ok('PUT', `/container-registries/${registryId}`, { url: 'v' });
    await ok('GET', `/container-registries/${registryId}/test-connection`);
    const { id: projectId } = await ok('POST', '/projects', { name: 'p' });
    const upsert = { projectId, config: { ...config, containerRegistry: 'r' } };
    const { deploymentId } = await ok('POST', '/deployments', upsert);
    wait(60_000);
    const path = `/deployments/${deploymentId}`;
    await ok('GET', '/deployments');
    await ok('GET', `/projects/${projectId}/deployments?name=web`);
    await ok('GET', path);
    for (const report of ['history', 'logs', 'metrics?metric=cpu', 'runs'])
      await ok('GET', `${path}/${report}`);
    await ok('GET', `/projects/${projectId}/activity?deploymentId=${deploymentId}`);
    await ok('DELETE', path);
    await ok('DELETE', `/container-registries/${registryId}`);
  },
};

async function walkSecrets(path: string, { ok }: Pick<Team, 'ok'>): Promise<void> {
  await ok('POST', path, { name: 'TOKEN', value: 'one' });
  await ok('GET', path);
  await ok('GET', `${path}/TOKEN`);
  await ok('PATCH', `${path}/TOKEN`, { value: 'two' });
  await ok('DELETE', `${path}/TOKEN`);
}

test('every operation of the contract is served with valid answers', async () => {
  const served = new Set<string | null>();
  for (const walk of Object.values(walks)) {
    await using team = await startTeam();
    team.simulator.onExchange(({ operationId, status }) => {
      if (status === 200) served.add(operationId);
    });
    await walk(team);
    expect(team.contract.problems).toEqual([]);
  }
  expect(operationIds).toHaveLength(113);
  expect(operationIds.filter((id) => !served.has(id))).toEqual([]);
});

test.each([
  { because: 'a key is unknown', body: { ...newMachine, os: 'x' }, says: 'unknown key "os"' },
  { because: 'a key is missing', body: { name: 'x' }, says: "required property 'machineType'" },
  { because: 'a type is wrong', body: { ...newMachine, diskSize: '50' }, says: 'body/diskSize' },
  { because: 'a text is empty', body: { ...newMachine, name: '' }, says: 'body/name' },
  {
    because: 'a value is not in the enum',
    body: { ...newMachine, publicIpType: 'x' },
    says: 'static',
  },
])('a body is refused if $because', async ({ body, says }) => {
  await using team = await startTeam();
  const reply = await team.send('POST', '/machines', body);
  expect(reply).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  expect(reply.body.message).toContain(says);
  expect(team.world.machines.size).toBe(0);
});

test.each([
  { path: '/machines?limit=0', status: 400, because: 'limit is at least 1' },
  { path: '/machines?limit=121', status: 400, because: 'limit is at most 120' },
  { path: '/machines?limit=ten', status: 400, because: 'limit is a number' },
  { path: '/machines?limit=1&limit=2', status: 400, because: 'a parameter occurs once' },
  { path: '/machines?page=2', status: 400, because: 'there is no such parameter' },
  { path: '/machines?order=up', status: 400, because: 'there is no such order' },
  { path: '/machines?orderBy=region', status: 400, because: 'there is no such sort field' },
  { path: '/machines?after=nowhere', status: 400, because: 'the cursor is unknown' },
  { path: '/machines?region=mars', status: 400, because: 'there is no such region' },
  { path: '/machine-availability?region=ny2', status: 400, because: 'machineType is required' },
  { path: '/deployments/1', status: 400, because: 'the id of a deployment is a UUID' },
  { path: '/machines/nobody', status: 404, because: 'there is no such machine' },
  { path: '/machine', status: 404, because: 'there is no such path' },
  { path: '/machines/%zz', status: 404, because: 'the path cannot be decoded' },
])('GET $path answers $status: $because', async ({ path, status }) => {
  await using team = await startTeam();
  expect(await team.send('GET', path)).toMatchObject({ status });
});

test('an unknown method is answered like an unknown path', async () => {
  await using team = await startTeam();
  const expected = { status: 404, body: { code: 'NOT_FOUND', message: 'Not found' } };
  expect(await team.send('PUT', '/machines', {})).toMatchObject(expected);
  expect(await team.send('GET', '/nowhere')).toMatchObject(expected);
});

test.each([
  { path: '/v1/os-templates', because: 'the real URL has a version' },
  {
    path: '/os-templates/',
    because: 'clients append an empty id, and the service answers with the list',
  },
  { path: '/v1/os-templates/?json=true', because: 'both at once' },
])('GET $path lists the templates: $because', async ({ path }) => {
  await using team = await startTeam();
  expect(await team.ok('GET', path)).toEqual(await team.ok('GET', '/os-templates'));
});

test.each([
  'GET /',
  'GET //',
  'GET /machines//',
  'GET /v1/',
  'PUT /machines/',
  'OPTIONS /machines',
])('%s answers 404, like every unknown path and method', async (request) => {
  await using team = await startTeam();
  const [method = '', path = ''] = request.split(' ');
  expect(await team.send(method, path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
});

test('HEAD answers like GET, without the body', async () => {
  await using team = await startTeam();
  const got = await team.send('GET', '/os-templates');
  const head = await team.send('HEAD', '/os-templates');
  expect(head).toMatchObject({ status: 200, body: '' });
  expect(head.headers.get('content-length')).toBe(got.headers.get('content-length'));
  expect(await team.send('HEAD', '/machines/nobody')).toMatchObject({ status: 404, body: '' });
});

test('answers are plain JSON whatever the client accepts; an encoded body is refused', async () => {
  await using team = await startTeam();
  const headers = {
    authorization: 'Bearer key',
    accept: 'text/html',
    'accept-encoding': 'gzip, br',
  };
  const reply = await team.send('GET', '/machines', undefined, { headers });
  expect(reply.body).toMatchObject({ items: [] });
  expect(reply.headers.get('content-encoding')).toBeNull();
  const encoded = { ...headers, 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const body = gzipSync('{"name":"p"}');
  expect(await team.send('POST', '/projects', undefined, { headers: encoded, body })).toMatchObject(
    {
      status: 400,
      body: { message: expect.stringContaining('Content-Encoding gzip') },
    },
  );
});

test('a connection serves many requests, even refused ones', async () => {
  await using team = await startTeam();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  for (const path of ['/os-templates', '/machines', '/nowhere', '/os-templates/'])
    await new Promise<void>((resolve, reject) => {
      const request = get(`${team.simulator.url}${path}`, { agent }, (response) => {
        ports.add(response.socket.localPort);
        response.resume().on('end', resolve);
      });
      request.on('error', reject);
    });
  agent.destroy();
  expect(ports.size).toBe(1);
});

test.each([
  { method: 'GET', path: '/projects', body: undefined },
  { method: 'POST', path: '/projects', body: { name: 'p' } },
  { method: 'GET', path: '/billing/account-standing', body: undefined },
])('flags of the vendor CLI in the query of $method $path are ignored', async (request) => {
  await using team = await startTeam();
  const flags =
    'json=true&fields=id%2Cname&api-key=k&api-url=http%3A%2F%2Flocalhost&log-level=info';
  await team.ok(request.method, `${request.path}?${flags}`, request.body);
  expect(team.contract.problems).toEqual([]);
});

test('the account is in good standing, for holders of the key', async () => {
  await using team = await startTeam({ key: 'key' });
  expect(await team.ok('GET', '/billing/account-standing')).toEqual({
    hasPaymentMethod: true,
    isAdminLocked: false,
    isInGoodStanding: true,
    messages: [],
  });
  const headers = { authorization: 'Bearer other' };
  const reply = await team.send('GET', '/billing/account-standing', undefined, { headers });
  expect(reply).toMatchObject({ status: 401, body: { message: login } });
});

test('a team is also found by its namespace, which the vendor CLI sends', async () => {
  await using team = await startTeam();
  const { id, namespace } = team.world.team;
  await team.ok('POST', `/teams/${namespace}/secrets`, { name: 'TOKEN', value: 'v' });
  expect(await team.ok('GET', `/teams/${id}/secrets`)).toMatchObject({
    items: [{ name: 'TOKEN' }],
  });
  const users = await team.ok('GET', `/teams/${id}/users`);
  expect(await team.ok('GET', `/teams/${namespace}/users`)).toEqual(users);
  expect(await team.send('GET', '/teams/other/users')).toMatchObject({ status: 404 });
});

test('an error has only a code and a message, which names the problems', async () => {
  await using team = await startTeam();
  const { status, body } = await team.send('POST', '/machines', {
    ...newMachine,
    os: 'x',
    name: 1,
  });
  expect([status, Object.keys(body)]).toEqual([400, ['code', 'message']]);
  expect(body.message).toMatch(/unknown key "os"/);
  expect(body.message).toMatch(/body\/name must be string/);
});

test('every template that SkyPilot names exists, with the machine types that it requests', async () => {
  await using team = await startTeam();
  const { items } = await team.ok('GET', '/os-templates?limit=120');
  const offers = (id: string) =>
    (items as readonly { id: string; availableMachineTypes: object[] }[]).find(
      (template) => template.id === id,
    )?.availableMachineTypes;
  for (const [id, machineTypeLabel] of [
    ['t7vp562h', 'H100x8'],
    ['tilqt47t', 'H100'],
    ['tvimtol9', 'A100-80Gx8'],
    ['tqqsxr6b', 'A100-80G'],
    ['twnlo3zj', 'V100-32Gx4'],
    ['twnlo3zj', 'GPU+'],
    ['t0nspur5', 'C5'],
  ] as const)
    expect(offers(id), id).toContainEqual({ machineTypeLabel, isAvailable: true });
});

const login = 'You must be logged in to access this method.';

test.each([
  { authorization: 'Bearer secret', path: '/machines', status: 200 },
  { authorization: 'Bearer other', path: '/machines', status: 401, body: { message: login } },
  { authorization: 'secret', path: '/machines', status: 401, body: { message: login } },
  { authorization: '', path: '/machines', status: 401, body: { message: login } },
  { authorization: '', path: '/os-templates', status: 200 },
  { authorization: 'Bearer other', path: '/auth/session', status: 200, body: null },
  { authorization: '', path: '/nowhere', status: 404 },
])('"$authorization" on $path answers $status', async ({ authorization, path, ...expected }) => {
  await using team = await startTeam({ key: 'secret' });
  const reply = await team.send('GET', path, undefined, { headers: { authorization } });
  expect(reply).toMatchObject(expected);
});

test.each([
  { type: 'application/json', body: '', status: 400, because: 'an empty body is not JSON' },
  { type: 'application/json', body: '{}', status: 200, because: 'it is JSON' },
  {
    type: undefined,
    body: undefined,
    status: 200,
    because: 'there is neither body nor content type',
  },
  {
    type: 'application/json',
    body: '{"force":true}',
    status: 400,
    because: 'the body has no keys',
  },
  { type: 'application/json', body: '{', status: 400, because: 'it is truncated JSON' },
  { type: 'text/plain', body: '{}', status: 400, because: 'the content type is not JSON' },
])('PATCH stop with $type and "$body" answers $status: $because', async (row) => {
  await using team = await startTeam();
  const { id } = await team.machine();
  const headers = { authorization: 'Bearer key', ...(row.type && { 'content-type': row.type }) };
  const init = { headers, ...(row.body !== undefined && { body: row.body }) };
  const reply = await team.send('PATCH', `/machines/${id}/stop`, undefined, init);
  expect(reply.status).toBe(row.status);
});

test('the contract check finds invalid requests and answers', async () => {
  await using simulator = await startSimulator();
  const report = checkContract(simulator);
  const { id } = simulator.world.privateNetworks.insert({
    id: 'n1',
    name: 'n',
    region: 'ny2',
    network: '10.0.0.0',
    dtCreated: 0,
    dtDeleted: null,
  });
  const headers = { authorization: 'Bearer key' };
  await fetch(`${simulator.url}/machines?limit=999`, { headers });
  await fetch(`${simulator.url}/nowhere`, { headers });
  expect(report.requests).toEqual([
    'GET /machines: machines-list query/limit must be <= 120',
    'GET /nowhere: the contract has no such path and method',
  ]);
  simulator.world.privateNetworks.patch(id, { name: 7 as unknown as string });
  await fetch(`${simulator.url}/private-networks/n1`, { headers });
  expect(report.answers).toEqual([
    expect.stringContaining('privateNetworks-get answer/name must be string'),
    expect.stringContaining('must be null'),
    expect.stringContaining('must match a schema in anyOf'),
  ]);
  expect(report.problems).toHaveLength(5);
});
