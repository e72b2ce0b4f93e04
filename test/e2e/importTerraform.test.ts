import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { place, type Env, type Place } from './holdfast.ts';

const team = `
privateNetworks:
  research: { region: ny2 }
  unrelated: { region: ny2 }
startupScripts:
  install: { script: "#!/bin/sh\\n", assignedMachines: [trainer-a] }
machines:
  trainer-a: { machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50, network: research }
  trainer-b: { machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50 }
  alone: { machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50 }
publicIps:
  gateway: { region: ny2, machine: alone }
`;

const envOf = ({ url }: Simulator): Env => ({
  PAPERSPACE_API_URL: `${url}/v1`,
  PAPERSPACE_API_KEY: 'k',
  HOLDFAST_THROTTLE_REQUESTS_PER_SECOND: '1000',
  HOLDFAST_THROTTLE_BURST: '1000',
});

interface World extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly here: Place;
  readonly run: (...args: readonly string[]) => ReturnType<Place['run']>;
  /** The live id of a resource, by its name. */
  readonly id: (name: string) => string;
  /** Writes a state file of these resources. */
  readonly state: (...resources: readonly object[]) => Promise<void>;
}

const states = await mkdtemp(join(tmpdir(), 'holdfast-terraform-test-'));
const built = build(join(states, 'built.json'));

afterAll(() => rm(states, { recursive: true }));

/** Creates everything in the YAML above in the team of a file. */
async function build(stateFile: string): Promise<string> {
  await using simulator = await startSimulator({ stateFile });
  await using builder = await place();
  await builder.write({ 'config/team.yaml': team });
  expect(await builder.run(['apply', '--yes'], envOf(simulator))).toMatchObject({ code: 0 });
  return stateFile;
}

/** A copy of that team, and an empty directory. */
async function world(): Promise<World> {
  const stateFile = join(states, `${randomUUID()}.json`);
  await cp(await built, stateFile);
  const simulator = await startSimulator({ stateFile });
  const env = envOf(simulator);
  const here = await place();
  await mkdir(join(here.path, 'config'));
  const { machines, privateNetworks, startupScripts, publicIps } = simulator.world;
  const all = [...machines, ...privateNetworks, ...startupScripts, ...publicIps];
  return {
    simulator,
    here,
    run: (...args) => here.run(args, env),
    id: (name) => all.find((row) => 'name' in row && row.name === name)?.id ?? '',
    state: (...resources) =>
      here.write({ 'terraform.tfstate': JSON.stringify({ version: 4, serial: 9, resources }) }),
    async [Symbol.asyncDispose]() {
      await here[Symbol.asyncDispose]();
      await simulator[Symbol.asyncDispose]();
    },
  };
}

const provider = 'provider["registry.terraform.io/paperspace/paperspace"]';
const canary = 'canary-of-the-state';

/** A resource of a state file whose attributes hold secrets. `ids`: the live id of each instance, by its key. */
const resource = (type: string, name: string, ids: string | Readonly<Record<string, string>>) => ({
  mode: 'managed',
  type,
  name,
  provider,
  instances: (typeof ids === 'string' ? [[undefined, ids]] : Object.entries(ids)).map(
    ([key, id]) => ({
      ...(key === undefined ? {} : { index_key: key }),
      attributes: { id, name: canary, script_text: canary, api_key: canary },
      private: canary,
      sensitive_attributes: [[{ type: 'get_attr', value: canary }]],
    }),
  ),
});

const wholeState = ({ id }: World): readonly object[] => [
  {
    ...resource('paperspace_machine', 'gpu', { a: id('trainer-a'), b: id('trainer-b') }),
    module: 'module.team["x"]',
  },
  resource('paperspace_machine', 'solo', id('alone')),
  resource('paperspace_network', 'net', id('research')),
  resource('paperspace_script', 'install', id('install')),
  resource('paperspace_autoscaling_group', 'group', 'asg1'),
  { ...resource('paperspace_network', 'read', id('unrelated')), mode: 'data' },
  { ...resource('aws_iam_access_key', 'key', 'AKIA'), provider: 'provider["x/hashicorp/aws"]' },
];

/** The contents of all files of a directory, by path. */
async function filesIn(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const read = async (path: string) => [path, await readFile(path, 'latin1')] as const;
  const files = entries.filter((entry) => entry.isFile());
  return Object.fromEntries(
    await Promise.all(files.map(({ parentPath, name }) => read(join(parentPath, name)))),
  );
}

describe('import --terraform', () => {
  test('declares and binds the resources of a state, sends no write, and keeps none of its secrets', async () => {
    await using it = await world();
    await it.state(...wholeState(it));
    const before = it.simulator.requests.length;
    const ended = await it.run(
      'import',
      '--terraform',
      'terraform.tfstate',
      '--log-level',
      'trace',
    );
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toContain('machines.yaml: 3 machines');
    expect(ended.stdout).toContain(
      'paperspace_autoscaling_group.group: Holdfast has no kind for paperspace_autoscaling_group',
    );
    expect(ended.stdout).toContain('1 resource of other providers: left alone.');
    expect(ended.stdout.match(/^removed \{\n {2}from = .+$/gm)).toEqual([
      'removed {\n  from = module.team.paperspace_machine.gpu',
      'removed {\n  from = paperspace_machine.solo',
      'removed {\n  from = paperspace_network.net',
      'removed {\n  from = paperspace_script.install',
    ]);
    expect(ended.stdout).toContain(
      `terraform state rm 'module.team["x"].paperspace_machine.gpu["a"]'\n`,
    );
    const planned = await it.run('plan', '--log-level', 'trace');
    expect(planned).toMatchObject({ code: 0 });
    expect(planned.stdout).toMatch(/All in sync, nothing to do\. 5 in sync/);
    const sent = it.simulator.requests.slice(before);
    expect(sent.every(({ method }) => method === 'GET')).toBe(true);
    const files = await filesIn(it.here.path);
    const written = Object.entries(files).filter(([path]) => !path.endsWith('.tfstate'));
    expect(written.map(([path]) => path)).toContainEqual(expect.stringContaining('.holdfast'));
    expect(JSON.stringify([written, ended, planned])).not.toContain(canary);
    expect(JSON.stringify(written)).not.toMatch(/unrelated|AKIA|asg1/);
  });

  test('lists no members that --without leaves out', async () => {
    await using it = await world();
    await it.state(...wholeState(it));
    const args = ['--terraform', 'terraform.tfstate', '--format', 'json'];
    const ended = await it.run('import', ...args, '--without', 'accessors');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({
      without: [{ kind: 'machines', field: 'accessors' }],
      terraform: { removed: { length: 4 } },
    });
    const lists = it.simulator.requests.filter(({ path }) => path.endsWith('/accessors'));
    expect(lists).toEqual([]);
    expect(await it.run('plan')).toMatchObject({ code: 0 });
  });

  test('binds by id: a resource that is renamed later is still the same', async () => {
    await using it = await world();
    await it.state(resource('paperspace_network', 'net', it.id('research')));
    expect(await it.run('import', '--terraform', 'terraform.tfstate')).toMatchObject({ code: 0 });
    it.simulator.world.privateNetworks.patch(it.id('research'), { name: 'renamed' });
    const { stdout } = await it.run('plan');
    expect(stdout).toContain('update  privateNetworks/research');
  });

  test('a second import adds nothing, and prints the same steps', async () => {
    await using it = await world();
    await it.state(...wholeState(it));
    const first = await it.run('import', '--terraform', 'terraform.tfstate');
    const files = await filesIn(join(it.here.path, 'config'));
    const second = await it.run('import', '--terraform', 'terraform.tfstate');
    expect(second).toMatchObject({ code: 0 });
    expect(second.stdout).toMatch(
      /^Nothing to add\.\nDeclared before: 5 resources of the state\.\n/,
    );
    const stepsOf = (text: string): string => text.slice(text.indexOf('Terraform still'));
    expect(stepsOf(second.stdout)).toBe(stepsOf(first.stdout));
    expect(await filesIn(join(it.here.path, 'config'))).toEqual(files);
  });

  test('prints the same as JSON', async () => {
    await using it = await world();
    await it.state(...wholeState(it));
    const skipped = 'module.team["x"].paperspace_machine.gpu["b"]';
    const args = ['--skip', skipped, '--format', 'json'];
    const { code, stdout } = await it.run('import', '--terraform', 'terraform.tfstate', ...args);
    expect(code).toBe(0);
    const { added, terraform } = JSON.parse(stdout);
    expect(added.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      'alone',
      'install',
      'research',
      'trainer-a',
    ]);
    expect(terraform).toMatchObject({
      removed: ['paperspace_machine.solo', 'paperspace_network.net', 'paperspace_script.install'],
      partly: ['module.team.paperspace_machine.gpu'],
      skipped: [skipped],
      otherResources: 1,
      blocks: expect.stringContaining('  from = paperspace_machine.solo\n'),
    });
    expect(terraform.unsupported).toEqual([
      { address: 'paperspace_autoscaling_group.group', type: 'paperspace_autoscaling_group' },
    ]);
    expect(stdout).not.toContain(canary);
    expect(terraform.released).toContainEqual({
      address: 'paperspace_network.net',
      kind: 'privateNetworks',
      name: 'research',
      id: it.id('research'),
      wasDeclared: false,
    });
  });

  test.each([
    {
      because: 'the resource does not exist',
      state: () => [resource('paperspace_machine', 'bad', 'psgone')],
      says: () => 'paperspace_machine.bad: the team has no machine with the id psgone',
    },
    {
      because: 'the id belongs to a resource of another kind',
      state: ({ id }: World) => [resource('paperspace_network', 'bad', id('alone'))],
      says: ({ id }: World) => `the team has no private network with the id ${id('alone')}`,
    },
    {
      because: 'two resources name the same machine',
      state: ({ id }: World) => [
        resource('paperspace_machine', 'bad', id('alone')),
        resource('paperspace_machine', 'twin', id('alone')),
      ],
      says: ({ id }: World) =>
        `paperspace_machine.twin: several resources of the state have the id ${id('alone')}`,
    },
    {
      because: 'another live machine has the same name',
      state: ({ id }: World) => [resource('paperspace_machine', 'bad', id('alone'))],
      before: async ({ simulator, id }: World) => {
        simulator.world.machines.patch(id('trainer-b'), { name: 'alone' });
      },
      says: () => 'paperspace_machine.bad: 2 live machines bear this name',
    },
    {
      because: 'the list is incomplete',
      state: ({ id }: World) => [resource('paperspace_machine', 'bad', id('alone'))],
      before: async ({ simulator }: World) => {
        simulator.fault({ method: 'GET', path: '/machines', kind: { status: 403 } });
      },
      says: () => 'paperspace_machine.bad: the list of machines is incomplete',
    },
    {
      because: 'it is declared under another name',
      state: ({ id }: World) => [resource('paperspace_network', 'bad', id('unrelated'))],
      before: async ({ here, simulator, run, id }: World) => {
        await here.write({
          'config/ours.yaml': 'privateNetworks:\n  unrelated: { region: ny2 }\n',
        });
        expect(await run('apply', '--yes')).toMatchObject({ code: 0 });
        simulator.world.privateNetworks.patch(id('unrelated'), { name: 'other' });
      },
      says: () => 'it is declared as privateNetworks/unrelated, but its live name is other',
    },
  ])('refuses everything if $because, and writes nothing', async ({ state, says, before }) => {
    await using it = await world();
    await before?.(it);
    await it.state(resource('paperspace_script', 'good', it.id('install')), ...state(it));
    const files = await filesIn(join(it.here.path, 'config'));
    const ended = await it.run('import', '--terraform', 'terraform.tfstate');
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain(says(it));
    expect(ended.stderr).not.toContain('paperspace_script.good');
    expect(ended.stderr).not.toContain(canary);
    expect(await filesIn(join(it.here.path, 'config'))).toEqual(files);
  });

  test('goes on without a skipped resource', async () => {
    await using it = await world();
    await it.state(
      resource('paperspace_machine', 'bad', 'psgone'),
      resource('paperspace_script', 'good', it.id('install')),
    );
    const args = ['import', '--terraform', 'terraform.tfstate', '--skip', 'paperspace_machine.bad'];
    const ended = await it.run(...args);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('Left with Terraform by --skip:\n  paperspace_machine.bad\n');
    expect(ended.stdout).not.toContain('from = paperspace_machine.bad');
    expect(await it.run('plan')).toMatchObject({ code: 0 });
  });

  test.each([
    { because: 'the file is missing', args: ['--terraform', 'none'], says: 'does not exist' },
    { because: 'it is a directory', args: ['--terraform', 'config'], says: 'a regular file' },
    { because: 'it is not UTF-8', file: '\u00ff', args: [], says: 'not valid UTF-8' },
    { because: 'it is not JSON', file: `{"a": ${canary}`, args: [], says: 'state pull' },
    {
      because: 'the state has no Paperspace resource',
      file: '{"version": 4, "resources": []}',
      args: [],
      says: 'no resource of the Paperspace provider',
    },
    {
      because: 'it is the output of terraform show -json',
      file: '{"format_version": "1.0", "values": {"outputs": {}}}',
      args: [],
      says: 'it may be encrypted, or the output of terraform show',
    },
    {
      because: 'the directory is no config, so nothing would be bound',
      args: ['--out', 'elsewhere'],
      says: '--out must be the config directory',
    },
    {
      because: 'the skipped address is unknown',
      args: ['--skip', 'paperspace_machine.x'],
      says: '--skip paperspace_machine.x: the state has no such',
    },
    { because: '--kinds selects too', args: ['--kinds', 'machines'], says: 'cannot be used with' },
  ])('refuses if $because', async ({ file, args, says }) => {
    await using here = await place();
    await mkdir(join(here.path, 'config'));
    const valid = JSON.stringify({ version: 4, resources: [resource('paperspace_x', 'y', '1')] });
    await writeFile(join(here.path, 'terraform.tfstate'), file ?? valid, 'latin1');
    const ended = await here.run(
      ['import', '--simulate', '--terraform', 'terraform.tfstate', ...args],
      {},
    );
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain(says);
    expect(ended.stderr).not.toContain(canary);
    expect(await readdir(join(here.path, 'config'))).toEqual([]);
  });

  test('a state of unsupported types only adds nothing, and Terraform keeps everything', async () => {
    await using it = await world();
    await it.state(resource('paperspace_autoscaling_group', 'group', 'asg1'));
    const ended = await it.run('import', '--terraform', 'terraform.tfstate');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^Nothing to add\.\nNot supported, and left with Terraform/);
    expect(ended.stdout).not.toContain('removed {');
    expect(await readdir(join(it.here.path, 'config'))).toEqual([]);
  });

  test('--skip needs a state file', async () => {
    await using here = await place();
    const ended = await here.run(['import', '--simulate', '--skip', 'paperspace_machine.x']);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain('--skip needs --terraform');
  });
});
