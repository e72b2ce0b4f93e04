import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import contract from '../../src/simulator/http/openapi.json' with { type: 'json' };
import { startSimulator } from '../../src/simulator/simulator.ts';
import { newMachine, startTeam, type Team } from './client.ts';

async function place() {
  const path = await mkdtemp(join(tmpdir(), 'simulator-seal-'));
  const stateFile = join(path, 'own', 'state.json');
  return {
    path,
    stateFile,
    text: () => readFile(stateFile, 'utf8'),
    mode: async (name: string) => ((await stat(name)).mode & 0o777).toString(8),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

const deployment = (fields: object) => ({
  apiVersion: 'v1',
  name: 'web',
  image: 'nginx',
  resources: { machineType: 'C5', ports: [80] },
  ...fields,
});

const s3 = { type: 's3', name: 's', url: 's3://bucket/data' };

/** Sends a different secret in each field that takes one. Resolves with the path of the registry. */
async function sendSecrets({ ok, world, wait }: Team): Promise<string> {
  const { id: projectId } = await ok('POST', '/projects', { name: 'p' });
  for (const scope of [`/projects/${projectId}`, `/teams/${world.team.id}`]) {
    await ok('POST', `${scope}/secrets`, { name: 'TOKEN', value: `canary-1-${scope}` });
    await ok('PATCH', `${scope}/secrets/TOKEN`, { value: `canary-2-${scope}` });
  }
  const script = await ok('POST', '/startup-scripts', { name: 's', script: 'echo canary-3' });
  await ok('POST', '/machines', { ...newMachine, startupScriptId: script.id });
  wait(60_000);
  await ok('PUT', `/startup-scripts/${script.id}`, { script: 'echo canary-4' });
  const registry = { name: 'r', namespace: 'n', url: 'u', username: 'u', password: 'canary-5' };
  const path = `/container-registries/${(await ok('POST', '/container-registries', registry)).id}`;
  await ok('PUT', path, { password: 'canary-6' });
  const s3Config = { bucket: 'b', accessKey: 'a', secretAccessKey: 'canary-7' };
  const provider = { name: 's', storageProviderType: 's3', s3Config };
  const { id } = await ok('POST', '/storage-providers', provider);
  const changed = { ...s3Config, secretAccessKey: 'canary-8' };
  await ok('PUT', `/storage-providers/${id}`, {
    name: 't',
    isTeamDefault: true,
    s3Config: changed,
  });
  const keys = {
    basicAuthKey: 'canary-9',
    integrations: [{ ...s3, secretAccessKey: 'canary-10 secret:X' }],
  };
  await ok('POST', '/deployments', { projectId, config: deployment(keys) });
  const repository = { url: 'u', name: 'r', username: 'u', password: 'canary-11' };
  const old = {
    apiVersion: 'v0alpha0',
    name: 'old',
    image: 'nginx',
    resources: { instanceType: 'C5' },
    repositories: { dataset: 'd', repositories: [repository] },
  };
  await ok('POST', '/deployments', { projectId, config: old });
  return path;
}

test('the file contains none of the secrets and scripts that were sent', async () => {
  await using here = await place();
  await using team = await startTeam({ stateFile: here.stateFile });
  await sendSecrets(team);
  expect(team.world.machines.find(() => true)?.scriptRuns).toMatchObject([
    { script: 'echo canary-3' },
  ]);
  const text = await here.text();
  expect(text.match(/canary-\d+/g)).toBeNull();
  expect(text.match(/hmac-sha256:/g)?.length).toBe(9);
});

test('every write-only text of the contract is classified as a secret or not', () => {
  const secrets = new Set(['password', 'script', 'secretAccessKey', 'value']);
  const plain = new Set([
    'accessorIds',
    'createSnapshotBeforeRestore',
    'diskSize',
    'emailPassword',
    'enableNvlink',
    'migrateMachines',
    'startOnCreate',
    'startupScriptId',
    'storageProviderType',
    'takeInitialSnapshot',
    'templateId',
  ]);
  const found = new Set<string>();
  const look = (node: unknown, key: string): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('writeOnly' in node && node.writeOnly === true) found.add(key);
    for (const [name, child] of Object.entries(node)) look(child, name);
  };
  look(contract, '');
  expect(new Set([...secrets, ...plain])).toEqual(found);
});

test('the API shows the same after a restart, and a wrong password stays wrong', async () => {
  await using here = await place();
  const { stateFile } = here;
  const reference = { basicAuthKey: 'secret:TOKEN', env: [{ name: 'A', value: 'plain' }] };
  const paths = ['/startup-scripts', '/container-registries', '/storage-providers', '/deployments'];
  const before: unknown[] = [];
  let registry = '';
  {
    await using team = await startTeam({ stateFile });
    registry = await sendSecrets(team);
    for (const { id } of (await team.ok('GET', '/deployments')).items)
      await team.ok('DELETE', `/deployments/${id}`);
    const [{ id: projectId }] = (await team.ok('GET', '/projects')).items;
    await team.ok('POST', '/deployments', { projectId, config: deployment(reference) });
    await team.ok('PUT', registry, { password: 'wrong' });
    team.wait(60_000);
    for (const path of paths) before.push(await team.ok('GET', path));
  }
  await using team = await startTeam({ stateFile });
  team.wait(200_000);
  for (const [index, path] of paths.entries())
    expect(await team.ok('GET', path), path).toEqual(before[index]);
  expect(await team.ok('GET', `${registry}/test-connection`)).toMatchObject({ success: false });
  await team.ok('PUT', registry, { password: 'right' });
  expect(await team.ok('GET', `${registry}/test-connection`)).toEqual({ success: true });
});

test('a file of the previous format opens, gets the new templates, and loses its secrets immediately', async () => {
  await using here = await place();
  const { stateFile } = here;
  {
    await using team = await startTeam({ stateFile });
    await sendSecrets(team);
  }
  const { key: _, ...state } = JSON.parse(await here.text());
  const tables = {
    ...state.tables,
    osTemplates: state.tables.osTemplates.slice(0, 5),
    startupScripts: [{ ...state.tables.startupScripts[0], script: 'echo canary' }],
    containerRegistries: [{ ...state.tables.containerRegistries[0], password: 'wrong' }],
  };
  await writeFile(stateFile, JSON.stringify({ ...state, format: 'holdfast/simulator/v1', tables }));
  await chmod(stateFile, 0o644);
  await using team = await startTeam({ stateFile });
  expect(await here.text()).not.toMatch(/canary|"wrong"/);
  expect(JSON.parse(await here.text())).toMatchObject({ format: 'holdfast/simulator/v2' });
  expect(await here.mode(stateFile)).toBe('600');
  const { items } = await team.ok('GET', '/os-templates?limit=120');
  expect(items.map(({ id }: { id: string }) => id)).toContain('tqqsxr6b');
  const [{ id }] = (await team.ok('GET', '/container-registries')).items;
  const connection = `/container-registries/${id}/test-connection`;
  expect(await team.ok('GET', connection)).toMatchObject({ success: false });
});

test('the file and its directory are private', async () => {
  await using here = await place();
  await using team = await startTeam({ stateFile: here.stateFile });
  await team.ok('POST', '/projects', { name: 'p' });
  expect(await here.mode(here.stateFile)).toBe('600');
  expect(await here.mode(join(here.path, 'own'))).toBe('700');
});

test.each([
  ['a link', (file: string) => symlink('/dev/null', file), 'is a symbolic link'],
  [
    'a file that others can write to',
    async (file: string) => {
      await writeFile(file, '{}');
      await chmod(file, 0o666);
    },
    'can be written by other users',
  ],
])('%s is not trusted', async (_what, put, says) => {
  await using here = await place();
  const stateFile = join(here.path, 'state.json');
  await put(stateFile);
  await expect(startSimulator({ stateFile })).rejects.toThrow(says);
});
