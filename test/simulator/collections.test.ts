import { expect, test } from 'vitest';
import { startTeam, type Team } from './client.ts';

const network = (team: Team, region = 'ny2') =>
  team.ok('POST', '/private-networks', { name: 'research', region });

test('a network with machines or drives cannot be deleted', async () => {
  await using team = await startTeam();
  const { id: networkId } = await network(team);
  const remove = async () => (await team.send('DELETE', `/private-networks/${networkId}`)).status;
  const machine = await team.machine({ networkId });
  expect(await remove()).toBe(409);
  await team.ok('DELETE', `/machines/${machine.id}`);
  expect(await remove()).toBe(409);
  team.wait(60_000);
  const body = { name: 'd', size: 250, region: 'ny2', networkId };
  const drive = await team.ok('POST', '/shared-drives', body);
  expect(await remove()).toBe(409);
  await team.ok('DELETE', `/shared-drives/${drive.id}`);
  expect(await remove()).toBe(200);
  expect(await team.ok('GET', `/private-networks/${networkId}`)).toBeNull();
  expect(await remove()).toBe(404);
});

test('a network can take over the machines of the default network', async () => {
  await using team = await startTeam();
  const [here, elsewhere] = [await team.machine(), await team.machine({ region: 'ca1' })];
  const body = { name: 'n', region: 'ny2', migrateMachines: true };
  const { id } = await team.ok('POST', '/private-networks', body);
  expect(team.world.machines.get(here.id)?.networkId).toBe(id);
  expect(team.world.machines.get(elsewhere.id)?.networkId).not.toBe(id);
});

test('answers show a drive in bytes, and a drive needs a network of its region', async () => {
  await using team = await startTeam();
  const { id: networkId } = await network(team);
  const drive = { name: 'd', size: 250, region: 'ny2', networkId };
  expect(await team.ok('POST', '/shared-drives', drive)).toMatchObject({
    size: 250 * 1_073_741_824,
    region: 'East Coast (NY2)',
    mountPoint: expect.stringMatching(/^\/\/10\./),
  });
  for (const [changes, status] of [
    [{ region: 'ca1' }, 400],
    [{ networkId: 'nnone' }, 404],
  ] as const)
    expect(await team.send('POST', '/shared-drives', { ...drive, ...changes })).toMatchObject({
      status,
    });
});

test('an address belongs to one machine of its region at a time, and can be released while assigned', async () => {
  await using team = await startTeam();
  const [one, two] = [await team.machine(), await team.machine()];
  const far = await team.machine({ region: 'ca1' });
  const { ip } = await team.ok('POST', '/public-ips', { region: 'ny2' });
  const other = await team.ok('POST', '/public-ips', { region: 'ny2' });
  const put = (address: string, machineId: string | null) =>
    team.send('PUT', `/public-ips/${address}`, { machineId });
  expect(await put(ip, 'psmnone')).toMatchObject({ status: 404 });
  expect(await put(ip, far.id)).toMatchObject({ status: 400 });
  expect((await put(ip, one.id)).body.assignedMachineId).toBe(one.id);
  expect(await put(ip, one.id)).toMatchObject({ status: 200 });
  expect(await put(ip, two.id)).toMatchObject({ status: 409 });
  expect(await put(other.ip, one.id)).toMatchObject({ status: 409 });
  expect(await team.ok('GET', `/machines/${one.id}`)).toMatchObject({
    publicIp: ip,
    publicIpType: 'static',
  });
  expect((await put(ip, null)).body).not.toHaveProperty('assignedMachineId');
  expect(await put(ip, two.id)).toMatchObject({ status: 200 });
  expect(await team.ok('DELETE', `/public-ips/${ip}`)).toEqual({ ip });
  expect((await team.ok('GET', `/machines/${two.id}`)).publicIp).toBeNull();
});

test('a template is created from a machine that is off, in its region, and is usable when it is done', async () => {
  await using team = await startTeam();
  const { id: machineId } = await team.machine({ diskSize: 100 });
  const body = { name: 'golden', machineId };
  expect(await team.send('POST', '/custom-templates', body)).toMatchObject({ status: 409 });
  await team.ok('PATCH', `/machines/${machineId}/stop`);
  team.wait(60_000);
  const { event, data } = await team.ok('POST', '/custom-templates', body);
  expect(event).toMatchObject({ name: 'template-create', state: 'new', machineId });
  expect(data).toMatchObject({ defaultSizeGb: 100, parentMachineId: machineId });
  const create = (region: string) =>
    team.send('POST', '/machines', {
      name: 'copy',
      machineType: 'C5',
      templateId: data.id,
      diskSize: 100,
      region,
    });
  expect(await create('ny2')).toMatchObject({ status: 409 });
  team.wait(60_000);
  expect((await team.ok('GET', `/machine-events/${event.id}`)).state).toBe('done');
  expect(await create('ca1')).toMatchObject({ status: 400 });
  expect(await create('ny2')).toMatchObject({ status: 200 });
  const deleted = await team.ok('DELETE', `/custom-templates/${data.id}`);
  expect(deleted).toMatchObject({ id: data.id, dtDeleted: expect.any(String) });
  expect(await team.send('GET', `/custom-templates/${data.id}`)).toMatchObject({ status: 404 });
});

test('snapshots are jobs of their machine', async () => {
  await using team = await startTeam();
  const { id: machineId } = await team.machine();
  const { event, data } = await team.ok('POST', '/snapshots', { name: 's', machineId });
  expect(event).toMatchObject({ name: 'snapshot-create', machineId });
  expect(Object.keys(data)).toEqual(['id', 'name', 'machineId', 'isAutoSnapshot']);
  expect(await team.send('PATCH', `/machines/${machineId}/stop`)).toMatchObject({ status: 409 });
  team.wait(60_000);
  const put = (restorePointSnapshotId: string) =>
    team.send('PUT', `/machines/${machineId}`, { restorePointSnapshotId });
  expect(await put('ssnone')).toMatchObject({ status: 404 });
  expect(await put(data.id)).toMatchObject({ status: 200 });
  const restore = { createSnapshotBeforeRestore: true };
  const restored = await team.ok('POST', `/snapshots/${data.id}/restore`, restore);
  expect(restored.event.name).toBe('snapshot-restore');
  team.wait(60_000);
  const names = async () =>
    (await team.ok('GET', `/snapshots?machineId=${machineId}`)).items.map(
      ({ name }: { name: string }) => name,
    );
  expect(await names()).toEqual(['Before restore of s', 's']);
  await team.ok('DELETE', `/snapshots/${data.id}`);
  expect(await names()).toHaveLength(2);
  team.wait(60_000);
  expect(await names()).toEqual(['Before restore of s']);
});

const s3Config = { bucket: 'b', accessKey: 'a', secretAccessKey: 'hush', region: null };

test('storage providers: secrets are masked, one is the default, a PUT replaces all, managed ones are read-only', async () => {
  await using team = await startTeam();
  const body = { name: 's', storageProviderType: 's3', isTeamDefault: true, s3Config };
  const one = await team.ok('POST', '/storage-providers', body);
  const two = await team.ok('POST', '/storage-providers', body);
  expect(JSON.stringify(one)).not.toContain('hush');
  expect(team.world.storageProviders.get(one.id)?.isTeamDefault).toBe(false);
  const put = (config: object) =>
    team.ok('PUT', `/storage-providers/${two.id}`, {
      name: 't',
      isTeamDefault: true,
      s3Config: config,
    });
  const { region: _, ...lean } = s3Config;
  expect((await put(lean)).s3Config).not.toHaveProperty('region');
  expect((await team.ok('POST', '/datasets', { name: 'd' })).storageProviderId).toBe(two.id);
  team.world.storageProviders.patch(one.id, { isManaged: true });
  expect(await team.send('DELETE', `/storage-providers/${one.id}`)).toMatchObject({ status: 403 });
});

const registry = { name: 'r', namespace: 'n', url: 'u', username: 'me', password: 'hush' };

test('container registries hide the password, and use it in the test', async () => {
  await using team = await startTeam();
  const { id, ...answer } = await team.ok('POST', '/container-registries', registry);
  expect(answer).toMatchObject({ kind: 'other', username: 'me' });
  expect(answer).not.toHaveProperty('password');
  const path = `/container-registries/${id}`;
  expect(await team.ok('GET', `${path}/test-connection`)).toEqual({ success: true });
  await team.ok('PUT', path, { password: 'wrong' });
  expect(await team.ok('GET', `${path}/test-connection`)).toMatchObject({ success: false });
  const strict = await team.send('PUT', path, { kind: 'ghcr', namespace: '' });
  expect(strict).toMatchObject({ status: 400 });
});

test.each(['project', 'team'])('secrets of a %s: no answer shows the value', async (owner) => {
  await using team = await startTeam();
  const project = await team.ok('POST', '/projects', { name: 'p' });
  const path =
    owner === 'team' ? `/teams/${team.world.team.id}/secrets` : `/projects/${project.id}/secrets`;
  const secret = await team.ok('POST', path, { name: 'TOKEN', value: 'hush' });
  expect(Object.keys(secret)).toEqual(['name', 'dtCreated', 'dtModified']);
  expect(await team.send('POST', path, { name: 'TOKEN', value: 'x' })).toMatchObject({
    status: 409,
  });
  expect(await team.send('POST', path, { name: '1A', value: 'x' })).toMatchObject({ status: 400 });
  team.wait(1000);
  const changed = await team.ok('PATCH', `${path}/TOKEN`, { value: 'louder' });
  expect(changed.dtModified).not.toBe(secret.dtModified);
  expect(await team.ok('GET', `${path}/TOKEN`)).toMatchObject({ hasDeploymentAttached: false });
  expect([...team.world.secrets].map(({ value }) => value)).toEqual(['louder']);
  const config = deploymentConfig({ env: [{ name: 'T', value: 'secret:TOKEN' }] });
  await team.ok('POST', '/deployments', { projectId: project.id, config });
  expect(await team.ok('GET', `${path}/TOKEN`)).toMatchObject({ hasDeploymentAttached: true });
  expect(await team.ok('DELETE', `${path}/TOKEN`)).toEqual({ name: 'TOKEN' });
  expect(await team.send('GET', `${path}/TOKEN`)).toMatchObject({ status: 404 });
});

test('only the key’s team has secrets and members', async () => {
  await using team = await startTeam();
  expect(await team.send('GET', '/teams/tother/secrets')).toMatchObject({ status: 404 });
  expect(await team.send('GET', '/teams/tother/users')).toMatchObject({ status: 404 });
});

const deploymentConfig = (changes: object = {}) => ({
  apiVersion: 'v1',
  name: 'web',
  image: 'nginx',
  resources: { machineType: 'C5', ports: [80], replicas: 1 },
  ...changes,
});

test('a deployment is found by name, becomes applied and then healthy, and keeps its specs', async () => {
  await using team = await startTeam();
  const { id: projectId } = await team.ok('POST', '/projects', { name: 'p' });
  const upsert = (config: object, more = {}) =>
    team.send('POST', '/deployments', { projectId, config, ...more });
  const { deploymentId: id } = (await upsert(deploymentConfig())).body;
  const spec = async () => (await team.ok('GET', `/deployments/${id}`)).latestSpec;
  expect(await spec()).toMatchObject({ externalApplied: null, dtHealthy: null, error: null });
  team.wait(500);
  expect(await spec()).toMatchObject({ externalApplied: expect.any(String), dtHealthy: null });
  team.wait(500);
  expect(await spec()).toMatchObject({ dtHealthy: expect.any(String) });
  const scaled = deploymentConfig({ resources: { machineType: 'C5', ports: [80], replicas: 3 } });
  expect((await upsert(scaled)).body).toEqual({ deploymentId: id });
  expect(await spec()).toMatchObject({ data: scaled, dtHealthy: null });
  const renamed = await upsert({ ...scaled, name: 'api', enabled: false }, { deploymentId: id });
  expect(renamed).toMatchObject({ status: 200 });
  expect((await team.ok('GET', `/deployments/${id}`)).name).toBe('api');
  expect((await team.ok('GET', `/deployments/${id}/history`)).items).toHaveLength(3);
  expect(await team.ok('GET', `/deployments/${id}/runs?limit=2`)).toHaveLength(2);
  const { items } = await team.ok('GET', `/projects/${projectId}/activity?order=asc`);
  expect(items.map(({ action, data }: { action: string; data: object }) => [action, data])).toEqual(
    [
      ['deployment.created', null],
      ['deployment.updated', null],
      ['deployment.scaled', { from: 1, to: 3 }],
      ['deployment.updated', null],
      ['deployment.disabled', null],
    ],
  );
  expect(await team.send('DELETE', `/projects/${projectId}`)).toMatchObject({ status: 409 });
});

test.each([
  { because: 'the registry does not exist', changes: { containerRegistry: 'none' }, status: 400 },
  { because: 'the region has no deployments', changes: { region: 'ca1' }, status: 400 },
  { because: 'the machine type is missing', changes: { resources: { ports: [1] } }, status: 400 },
])('a deployment is refused: $because', async ({ changes, status }) => {
  await using team = await startTeam();
  const { id: projectId } = await team.ok('POST', '/projects', { name: 'p' });
  const body = { projectId, config: deploymentConfig(changes) };
  expect(await team.send('POST', '/deployments', body)).toMatchObject({ status });
  expect(team.world.deployments.size).toBe(0);
});

test('a project has each tag and collaborator once; its deletion removes these and detaches models', async () => {
  await using team = await startTeam();
  const { id } = await team.ok('POST', '/projects', { name: 'p' });
  const { userId } = team.world.team;
  for (const [path, body] of [
    ['tags', { name: 'prod' }],
    ['collaborators', { userId }],
  ] as const) {
    await team.ok('POST', `/projects/${id}/${path}`, body);
    expect(await team.send('POST', `/projects/${id}/${path}`, body)).toMatchObject({ status: 409 });
    expect((await team.ok('GET', `/projects/${id}/${path}`)).items).toHaveLength(1);
  }
  expect(await team.send('DELETE', `/projects/${id}/tags?name=x`)).toMatchObject({ status: 404 });
  const body = { name: 'm', isPublic: false, projectId: id };
  const model = await team.ok('POST', '/models', body);
  expect((await team.ok('GET', `/projects/${id}/models?name=M`)).items).toHaveLength(1);
  await team.ok('DELETE', `/projects/${id}`);
  const { world } = team;
  expect([world.tags.size, world.collaborators.size]).toEqual([0, 0]);
  expect((await team.ok('GET', `/models/${model.id}`)).projectId).toBeNull();
  const gone = await team.send('DELETE', `/projects/${id}/models/${model.id}`);
  expect(gone).toMatchObject({ status: 404 });
});

test('a model is detached only from its own project', async () => {
  await using team = await startTeam();
  const { id } = await team.ok('POST', '/projects', { name: 'p' });
  const model = await team.ok('POST', '/models', { name: 'm', isPublic: false });
  const path = `/projects/${id}/models/${model.id}`;
  expect(await team.send('DELETE', path)).toMatchObject({ status: 404 });
  expect((await team.ok('POST', path)).projectId).toBe(id);
  expect((await team.ok('DELETE', path)).projectId).toBeNull();
});

test('datasets: private ones are listed by default, tags are written as text and read as a list', async () => {
  await using team = await startTeam();
  const { id } = await team.ok('POST', '/datasets', { name: 'd' });
  await team.ok('POST', '/datasets', { name: 'e', isPublic: true });
  const list = async (query: string) =>
    (await team.ok('GET', `/datasets${query}`)).items.map(({ name }: { name: string }) => name);
  expect(await list('')).toEqual(['d']);
  expect(await list('?privacy=PUBLIC')).toEqual(['e']);
  expect(await list('?teamId=other')).toEqual([]);
  const path = `/datasets/${id}/versions`;
  const { version, tags } = await team.ok('POST', path, { tags: 'a, b' });
  expect(tags).toEqual(['a', 'b']);
  expect((await team.ok('GET', `${path}?tags=b`)).items).toHaveLength(1);
  expect((await team.ok('GET', `${path}?tags=b,c`)).items).toHaveLength(0);
  const changed = await team.ok('PUT', `${path}/${version}`, { tags: 'c', isCommitted: true });
  expect(changed).toMatchObject({ tags: ['c'], isCommitted: true });
  await team.ok('DELETE', `/datasets/${id}`);
  expect(team.world.datasetVersions.size).toBe(0);
});

test('members have roles, the owner is fixed, and a removed member loses all access', async () => {
  await using team = await startTeam();
  const users = `/teams/${team.world.team.id}/users`;
  const role = async (name: string) =>
    (await team.ok('GET', `${users}?role=${name}`)).items.map(
      ({ user }: { user: { email: string } }) => user.email,
    );
  expect(await role('owner')).toEqual(['ada@example.com']);
  expect(await role('admin')).toEqual(['grace@example.com']);
  expect(await role('member')).toEqual(['linus@example.com']);
  const owner = await team.send('DELETE', `${users}/${team.world.team.userId}`);
  expect(owner).toMatchObject({ status: 403 });
  const linus = team.world.members.find(({ firstName }) => firstName === 'Linus');
  const machine = await team.machine({ accessorIds: [linus?.id] });
  await team.ok('PUT', `${users}/${linus?.id}`, { isAdmin: true });
  expect(await role('admin')).toHaveLength(2);
  await team.ok('DELETE', `${users}/${linus?.id}`);
  expect(await team.ok('GET', `/machines/${machine.id}/accessors`)).toMatchObject({ items: [] });
});
