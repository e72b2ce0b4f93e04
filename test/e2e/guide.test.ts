import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { blocksOf } from '../support/docs.ts';
import { followGuide } from './followGuide.ts';
import { place, type Env } from './holdfast.ts';

const execute = promisify(execFile);

const envOf = ({ url }: Simulator): Env => ({
  PAPERSPACE_API_URL: `${url}/v1`,
  PAPERSPACE_API_KEY: 'k',
});

/** Jobs of the embedded team take no time. */
const quick = (text: string): string => text.replaceAll(/apply .*--simulate/g, '$& --job-time 0');

test('the guide to the first team works as written', async () => {
  await using here = await place();
  await using other = await place();
  await using simulator = await startSimulator({ jobTime: 0 });
  const env = envOf(simulator);
  await other.write({ 'config/team.yaml': 'privateNetworks: { old: { region: ny2 } }\n' });
  expect(await other.run(['apply', '--yes'], env)).toMatchObject({ code: 0 });
  await followGuide('docs/guide-first-team.md', here, {
    env,
    // The question needs a terminal.
    local: (text) => quick(text).replace(/^holdfast apply --config team$/m, '$& --yes'),
    settled: /All in sync, nothing to do/,
  });
  expect([...simulator.world.machines]).toMatchObject([{ name: 'trainer-1' }]);
  const imported = await readFile(join(here.path, 'team/privateNetworks.yaml'), 'utf8');
  expect(imported).toContain('old:');
}, 120_000);

test('the guide to drift reports works as written', async () => {
  await using here = await place();
  await using simulator = await startSimulator({ jobTime: 0 });
  const env = envOf(simulator);
  const first = blocksOf('docs/guide-first-team.md').find(({ language }) => language === 'yaml');
  await here.write({ 'team/team.yaml': first?.text ?? '' });
  expect(await here.run(['apply', '--config', 'team', '--yes'], env)).toMatchObject({ code: 0 });
  const [machine] = simulator.world.machines;
  simulator.world.machines.patch(machine?.id ?? '', { diskSize: 250 });
  await followGuide('docs/guide-drift.md', here, { env });
  expect(await readFile(join(here.path, 'team/team.yaml'), 'utf8')).toContain('diskSize: 250 # GB');
  expect(await readFile(join(here.path, 'drift.html'), 'utf8')).toMatch(/^<!doctype html>/i);
});

test('the guide to several teams works as written', async () => {
  await using here = await place();
  await mkdir(join(here.path, 'keys'));
  for (const name of ['ml', 'web']) await writeFile(join(here.path, 'keys', name), name);
  await followGuide('docs/guide-teams.md', here, {
    local: (text) =>
      quick(text)
        .replaceAll('/run/keys/', `${here.path}/keys/`)
        .replace('holdfast run', 'holdfast run --simulate'),
  });
});

test('the guide from Terraform works as written', async () => {
  await using here = await place();
  await using simulator = await startSimulator({ jobTime: 0 });
  const env = envOf(simulator);
  await using other = await place();
  const spec = '{ machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50 }';
  await other.write({ 'config/team.yaml': `machines: { worker: ${spec}, a: ${spec} }\n` });
  expect(await other.run(['apply', '--yes'], env)).toMatchObject({ code: 0 });
  const instance = (machine: string, key: object = {}) => {
    const id = [...simulator.world.machines].find(({ name }) => name === machine)?.id;
    return { schema_version: 0, attributes: { id }, ...key };
  };
  const resource = (name: string, one: object) => ({
    mode: 'managed',
    type: 'paperspace_machine',
    name,
    provider: 'provider["registry.terraform.io/paperspace/paperspace"]',
    instances: [one],
  });
  const resources = [
    resource('worker', instance('worker')),
    resource('trainer', instance('a', { index_key: 'a' })),
  ];
  const state = JSON.stringify({ version: 4, terraform_version: '1.9.0', resources });
  await here.write({
    'config/team.yaml': '{}\n',
    'programs/npx': '#!/bin/sh\nexec "$@"\n',
    // Only the state is read.
    'programs/terraform': `#!/bin/sh\ntest "$*" != "state pull" || echo '${state}'\n`,
  });
  await execute('chmod', ['-R', '+x', join(here.path, 'programs')]);
  await followGuide('docs/terraform.md', here, {
    env,
    local: (text) => text.replaceAll(/^(npx|terraform) /gm, 'programs/$1 '),
  });
  const written = await readFile(join(here.path, 'config/machines.yaml'), 'utf8');
  expect(written).toMatch(/^ {2}worker:/m);
});

test('the guide from an empty repository to the first merged pull request works as written', async () => {
  await using here = await place();
  await using simulator = await startSimulator();
  const forge = join(here.path, 'forge.git');
  await execute('git', ['init', '--quiet', '--bare', '--initial-branch=main', forge]);
  const status = await followGuide('docs/guide-git.md', here, {
    env: {
      ...envOf(simulator),
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
    },
    local: (text) =>
      text
        .replaceAll('https://git.example.com/org/gpu-team.git', `file://${forge}`)
        .replaceAll('/tmp/try.json', join(here.path, 'try.json'))
        .replaceAll('interval: 1m', 'interval: 1s'),
    settled: /2 in sync/,
    before: async ({ text }, daemon) =>
      text.includes('curl') && daemon?.saw(/"trigger":"git".*"msg":"pass ended"/),
  });
  expect([...simulator.world.machines].map(({ name }) => name)).toEqual(['trainer-1']);
  expect(JSON.parse(status)).toMatchObject({
    mode: 'enforce',
    configError: null,
    git: { subject: 'Merge bigger-disk', author: 'Ada <ada@example.com>' },
    lastPass: { summary: { inSync: 1, blocked: 1 } },
  });
}, 120_000);
