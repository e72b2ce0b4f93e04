import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { seedMachines, startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { place, type Ended, type Env } from './holdfast.ts';

const team = `
privateNetworks:
  research: { region: ny2 }
  europe: { region: ams1 }
startupScripts:
  install: { script: "#!/bin/sh\\n", isEnabled: false, assignedMachines: [trainer, helper] }
  once: { script: "true", isRunOnce: true }
machines:
  trainer: &gpu
    machineType: A4000
    template: { os: Ubuntu 22.04 }
    region: ny2
    diskSize: 100
    network: research
    state: running
    autoShutdownEnabled: true
    autoShutdownTimeout: 8
    autoShutdownForce: true
    accessors: [grace@example.com]
  helper:
    <<: *gpu
    machineType: C5
    state: off
    autoSnapshotEnabled: true
    autoSnapshotFrequency: daily
    autoSnapshotSaveCount: 3
  remote: { machineType: C5, template: { os: Ubuntu 22.04 }, region: ams1, diskSize: 50, network: europe }
  plain: { machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50, publicIpType: static }
customTemplates:
  image: { machine: helper }
snapshots:
  base: { machine: remote }
publicIps:
  gateway: { region: ny2, machine: plain }
  spare: { region: ams1 }
sharedDrives:
  store: { size: 500, region: ny2, network: research }
storageProviders:
  lake:
    storageProviderType: s3
    s3Config: { bucket: example, accessKey: AKIA, secretAccessKey: { env: SECRET }, region: us-east-1 }
containerRegistries:
  ghcr: { kind: ghcr, namespace: example, url: "https://ghcr.io", username: holdfast, password: { env: SECRET } }
projects:
  vision:
    collaborators: [grace@example.com]
    tags: [production, images]
    models: [classifier]
    secrets: { HUB_TOKEN: { env: SECRET } }
  playground: {}
deployments:
  api:
    project: vision
    config:
      apiVersion: v1
      image: ghcr.io/example/classifier:1.4
      resources: { machineType: A4000, ports: [8080] }
      env: [{ name: TOKEN, value: canary-environment }]
datasets:
  cats:
    description: Photographs
    versions: { v1: { message: First, metadata: { images: 25 }, isCommitted: true } }
  board: { description: Results, isPublic: true }
models:
  classifier: { description: Tells cats from dogs., isPublic: false }
teamSecrets:
  TOKEN: { value: { env: SECRET } }
`;

const network = 'privateNetworks:\n  research: { region: ny2 }\n';
const states = await mkdtemp(join(tmpdir(), 'holdfast-import-test-'));
const built = new Map<string, Promise<string>>();

afterAll(() => rm(states, { recursive: true }));

/** A team in which everything in this YAML is live. It is created once, and each test gets a copy. */
async function live(yaml: string): Promise<AsyncDisposable & { simulator: Simulator; env: Env }> {
  const made = built.get(yaml) ?? build(yaml);
  built.set(yaml, made);
  const stateFile = join(states, `${randomUUID()}.json`);
  await cp(await made, stateFile);
  const simulator = await startSimulator({ stateFile });
  return {
    simulator,
    env: envOf(simulator),
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

const envOf = ({ url }: Simulator): Env => ({
  PAPERSPACE_API_URL: `${url}/v1`,
  PAPERSPACE_API_KEY: 'k',
  HOLDFAST_THROTTLE_REQUESTS_PER_SECOND: '1000',
  HOLDFAST_THROTTLE_BURST: '1000',
});

async function build(yaml: string): Promise<string> {
  const stateFile = join(states, `${randomUUID()}.json`);
  await using simulator = await startSimulator({ stateFile });
  await using builder = await place();
  await builder.write({ 'config/team.yaml': yaml });
  const env = { ...envOf(simulator), SECRET: 'canary-secret' };
  expect(await builder.run(['apply', '--yes'], env)).toMatchObject({ code: 0 });
  return stateFile;
}

/** The content of the files of a directory, by name. */
async function filesIn(directory: string): Promise<Record<string, string>> {
  const names = await readdir(directory).catch(() => []);
  const read = async (name: string) =>
    [name, await readFile(join(directory, name), 'utf8')] as const;
  return Object.fromEntries(await Promise.all(names.map(read)));
}

describe('import', () => {
  test.each(['kind', 'single'])(
    'declares a whole team, layout %s; a plan then finds everything in sync, a second import adds nothing',
    async (layout) => {
      await using it = await live(team);
      await using here = await place();
      const before = it.simulator.requests.length;
      const first = await here.run(['import', '--layout', layout], it.env);
      expect(first).toMatchObject({ code: 0, stderr: '' });
      const sent = it.simulator.requests.slice(before);
      expect(sent.every(({ method }) => method === 'GET')).toBe(true);
      const files = await filesIn(join(here.path, 'config'));
      expect(Object.keys(files).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
        layout === 'single'
          ? ['team.yaml']
          : [
              'containerRegistries.yaml',
              'customTemplates.yaml',
              'datasets.yaml',
              'deployments.yaml',
              'machines.yaml',
              'models.yaml',
              'privateNetworks.yaml',
              'projects.yaml',
              'publicIps.yaml',
              'sharedDrives.yaml',
              'snapshots.yaml',
              'startupScripts.yaml',
              'storageProviders.yaml',
              'teamMembers.yaml',
              'teamSecrets.yaml',
            ],
      );
      expect(JSON.stringify(files)).not.toContain('canary');
      const planned = await here.run(['plan'], it.env);
      expect(planned).toMatchObject({ code: 0 });
      expect(planned.stdout).toMatch(/All in sync, nothing to do\. 24 in sync, 1 unmanaged/);
      const second = await here.run(['import', '--layout', layout], it.env);
      expect(second).toMatchObject({ code: 0 });
      expect(second.stdout).toMatch(/^Nothing to add/);
      expect(await filesIn(join(here.path, 'config'))).toEqual(files);
    },
  );

  test('is readable, and lists what it keeps, withholds, and leaves out', async () => {
    await using it = await live(team);
    await using here = await place();
    const { stdout } = await here.run(['import'], it.env);
    const files = await filesIn(join(here.path, 'config'));
    expect(files['machines.yaml']).toContain(`  trainer:
    machineType: A4000
    template: { keep: true }
    region: ny2
    diskSize: 100
    network: research
    publicIpType: none
    autoSnapshotEnabled: false
    autoShutdownEnabled: true
    autoShutdownTimeout: 8
    autoShutdownForce: true
    restorePointEnabled: false
    accessors:
      - grace@example.com
`);
    expect(files['startupScripts.yaml']).toBe(`startupScripts:
  install:
    script: { keep: true }
    isEnabled: false
    assignedMachines:
      - helper
      - trainer
  once:
    script: { keep: true }
    isRunOnce: true
    isEnabled: true
`);
    expect(files['projects.yaml']).toContain('    secrets: { HUB_TOKEN: { keep: true } }\n');
    expect(files['publicIps.yaml']).toMatch(
      /^ {2}ip-(\d+-\d+-\d+-\d+):\n {4}region: ny2\n {4}ip: [\d.]+\n {4}machine: plain\n/m,
    );
    expect(stdout).toContain('machines: template (4 times)');
    expect(stdout).toContain('deployments: config.env');
    expect(stdout).toMatch(/teamMembers\/ada@example\.com \(.+\): the owner/);
  });

  test('keeps existing files byte for byte, and skips declared resources', async () => {
    await using it = await live(team);
    await using here = await place();
    const own = {
      'config/holdfast.yaml': 'settings: {mode: observe}   # ours\n',
      'config/privateNetworks.yaml': '# ours\nprivateNetworks:\n    research:  {region: ny2}\n',
      'config/startupScripts.yaml': 'startupScripts: {}\n',
    };
    await here.write(own);
    const args = ['import', '--kinds', 'privateNetworks,startupScripts'];
    expect(await here.run(args, it.env)).toMatchObject({ code: 0 });
    expect(await filesIn(join(here.path, 'config'))).toMatchObject({
      'holdfast.yaml': own['config/holdfast.yaml'],
      'privateNetworks.yaml': `${own['config/privateNetworks.yaml']}    europe: { region: ams1 }\n`,
      'startupScripts.yaml': 'startupScripts: {}\n',
      'startupScripts-imported.yaml': expect.stringContaining('      - { live: trainer }\n'),
    });
    expect(await here.run(['plan'], it.env)).toMatchObject({ code: 0 });
  });

  test('binds the resources: one that is renamed later is still the same', async () => {
    await using it = await live(network);
    await using here = await place();
    await here.run(['import'], it.env);
    const { privateNetworks } = it.simulator.world;
    for (const { id } of privateNetworks) privateNetworks.patch(id, { name: 'renamed' });
    const { stdout } = await here.run(['plan'], it.env);
    expect(stdout).toContain('update  privateNetworks/research');
  });

  test('leaves out ambiguous resources, and those that the config cannot express', async () => {
    await using it = await live(
      'privateNetworks:\n  twin: { region: ny2 }\n  other: { region: ca1 }\n  odd: { region: ny2 }\nprojects:\n  merge: {}\n',
    );
    const { privateNetworks, projects } = it.simulator.world;
    for (const { id } of projects) projects.patch(id, { name: '<<' });
    for (const { id, name } of privateNetworks) {
      if (name === 'other') privateNetworks.patch(id, { name: 'twin' });
      if (name === 'odd') privateNetworks.patch(id, { name: 'odd\n\u001b[31m' });
    }
    await using here = await place();
    const ended = await here.run(['import', '--kinds', 'privateNetworks,projects'], it.env);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout.match(/privateNetworks\/twin .*2 live privateNetworks bear/g)).toHaveLength(
      2,
    );
    expect(ended.stdout).toMatch(/odd\\u\{a\}\\u\{1b\}\[31m .*: YAML cannot represent this name/);
    expect(await filesIn(join(here.path, 'config'))).toEqual({
      'projects.yaml': 'projects:\n  "<<": {}\n',
    });
    expect(await here.run(['plan'], it.env)).toMatchObject({ code: 0 });
  });

  test('a live value that the schema refuses leaves out only that resource', async () => {
    await using it = await live(team);
    const { machines } = it.simulator.world;
    for (const { id, name } of machines)
      if (name === 'helper') machines.patch(id, { diskSize: 120 });
    await using here = await place();
    const ended = await here.run(['import'], it.env);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toMatch(/machines\/helper \(.+\): diskSize of machines\/helper is 120/);
    const files = await filesIn(join(here.path, 'config'));
    expect(files['startupScripts.yaml']).toContain('      - { live: helper }\n');
    expect(await here.run(['plan'], it.env)).toMatchObject({ code: 0 });
  });

  test('omits only the field that conflicts with a declared resource, and a plan finds nothing to do', async () => {
    await using it = await live(team);
    const { machines, publicIps, startupScripts } = it.simulator.world;
    const idOf = (name: string) => [...machines].find((one) => one.name === name)?.id ?? '';
    for (const { id, name } of startupScripts)
      if (name === 'once') startupScripts.patch(id, { assignedMachineIds: [idOf('helper')] });
    for (const { id, machineId } of publicIps)
      if (machineId === null) publicIps.patch(id, { region: 'ny2', machineId: idOf('plain') });
    const [gateway] = [...publicIps];
    await using here = await place();
    expect(await here.run(['import', '--kinds', 'machines'], it.env)).toMatchObject({ code: 0 });
    await here.write({
      'config/z-ours.yaml': [
        'startupScripts:',
        '  install: { script: { keep: true }, assignedMachines: [{ live: trainer }, helper] }',
        'publicIps:',
        `  ours: { region: ny2, ip: ${gateway?.id}, machine: plain }`,
        '',
      ].join('\n'),
    });
    const ended = await here.run(['import', '--format', 'json'], it.env);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const { leftOut, added } = JSON.parse(ended.stdout);
    expect(leftOut).toEqual(
      expect.arrayContaining([
        {
          kind: 'startupScripts',
          name: 'once',
          id: expect.any(String),
          field: 'assignedMachines',
          because:
            'machines/helper is in assignedMachines of startupScripts/install; it may be in only one',
        },
        expect.objectContaining({
          kind: 'publicIps',
          field: 'machine',
          because: 'machines/plain is in machine of publicIps/ours; it may be in only one',
        }),
      ]),
    );
    expect(leftOut.filter(({ field }: { field?: string }) => field !== undefined)).toHaveLength(2);
    expect(added).toEqual(
      expect.arrayContaining(
        ['startupScripts', 'publicIps', 'privateNetworks'].map((kind) =>
          expect.objectContaining({ kind }),
        ),
      ),
    );
    const files = await filesIn(join(here.path, 'config'));
    expect(files['startupScripts.yaml']).toBe(
      'startupScripts:\n  once:\n    script: { keep: true }\n    isRunOnce: true\n    isEnabled: true\n',
    );
    const planned = await here.run(['plan'], it.env);
    expect(planned.stdout).toMatch(/All in sync, nothing to do/);
    expect(planned).toMatchObject({ code: 0 });
  });

  test('omits an optional field whose reference breaks a rule, and reports it', async () => {
    await using it = await live(team);
    await using here = await place();
    await here.write({ 'config/ours.yaml': 'privateNetworks:\n  europe: { region: ca1 }\n' });
    const ended = await here.run(['import'], it.env);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(
      /machines\/remote \(.+\), only network: network of machines\/remote, which is in ams1, names/,
    );
    const files = await filesIn(join(here.path, 'config'));
    expect(files['machines.yaml']).toContain('  remote:\n');
    expect(files['snapshots.yaml']).toContain('machine: remote');
  });

  test('leaves out a kind with an incomplete list, and exits with 1', async () => {
    await using it = await live(team);
    it.simulator.fault({ method: 'GET', path: '/machines', kind: { status: 403 } });
    await using here = await place();
    const ended = await here.run(['import'], it.env);
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stdout).toMatch(/Not listed to the end, and left out:\n {2}machines: /);
    const files = Object.keys(await filesIn(join(here.path, 'config')));
    expect(files).toContain('privateNetworks.yaml');
    expect(files).not.toContain('machines.yaml');
  });

  test('writes to a directory outside the config, and binds nothing', async () => {
    await using it = await live(network);
    await using here = await place();
    await mkdir(join(here.path, 'config'));
    const ended = await here.run(['import', '--out', 'elsewhere'], it.env);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toContain('Not bound');
    expect(await filesIn(join(here.path, 'elsewhere'))).toHaveProperty(['privateNetworks.yaml']);
    const planned = await here.run(['plan', '--config', 'elsewhere'], it.env);
    expect(planned).toMatchObject({ code: 0 });
  });

  test('into a subdirectory of the config', async () => {
    await using it = await live(network);
    await using here = await place();
    const args = ['import', '--out', 'config/live', '--format', 'json'];
    const { code, stdout } = await here.run(args, it.env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'holdfast/import/v1',
      bound: true,
      added: expect.arrayContaining([
        expect.objectContaining({ name: 'research', file: 'privateNetworks.yaml' }),
      ]),
    });
    expect(await here.run(['plan'], it.env)).toMatchObject({ code: 0 });
  });

  describe('lists that take a request per resource', () => {
    const count = 60;
    const announced =
      '60 requests for the accessors of the machines, about 1 s; --without accessors leaves them out\n';

    /** The requests of a command: their paths, and those of the lists of members. */
    async function requestsOf({ simulator }: { simulator: Simulator }, run: Promise<Ended>) {
      const before = simulator.requests.length;
      const ended = await run;
      const paths = simulator.requests.slice(before).map(({ path }) => path);
      const members = paths.filter((path) =>
        /^\/(machines|projects|datasets)\/[^/]+\/[^/]+$/.test(path),
      );
      return { ended, paths, members };
    }

    test('many are announced, and --without leaves out exactly those, for a plan too', async () => {
      await using it = await live(network);
      seedMachines(it.simulator.world, count);
      const listed = [...it.simulator.world.machines];
      await using all = await place();
      const full = await requestsOf(it, all.run(['import'], it.env));
      expect(full.ended).toMatchObject({ code: 0, stderr: announced });
      expect(full.members).toHaveLength(count);

      await using some = await place();
      const args = ['import', '--without', 'accessors'];
      const part = await requestsOf(it, some.run(args, it.env));
      expect(part.ended).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringContaining('\nNot listed, and not declared:\n  machines: accessors\n'),
      });
      expect(part.paths).toHaveLength(full.paths.length - count);
      expect(part.members).toEqual([]);
      const { 'machines.yaml': yaml = '' } = await filesIn(join(some.path, 'config'));
      expect(yaml.match(/machineType:/g)).toHaveLength(listed.length);
      expect(yaml).not.toContain('accessors');

      const planned = await requestsOf(it, some.run(['plan'], it.env));
      expect(planned.ended).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^All in sync/),
      });
      expect(planned.members).toEqual([]);
      expect(planned.paths.filter((path) => path === '/machines')).toHaveLength(1);
    });

    test('every such field can be left out, and the result is still complete', async () => {
      await using it = await live(team);
      await using here = await place();
      const args = ['--without', 'accessors,collaborators, tags,models,secrets,versions'];
      const { ended, members } = await requestsOf(
        it,
        here.run(['import', '--format', 'json', ...args], it.env),
      );
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(members).toEqual([]);
      const { without, leftOut } = JSON.parse(ended.stdout);
      expect(without).toEqual([
        { kind: 'machines', field: 'accessors' },
        { kind: 'datasets', field: 'versions' },
        ...['collaborators', 'tags', 'models', 'secrets'].map((field) => ({
          kind: 'projects',
          field,
        })),
      ]);
      expect(leftOut).toMatchObject([{ kind: 'teamMembers' }]);
      const planned = await here.run(['plan'], it.env);
      expect(planned.stdout).toMatch(/All in sync, nothing to do\. 24 in sync, 1 unmanaged/);
      expect(planned).toMatchObject({ code: 0 });
    });
  });

  test.each([
    {
      name: 'a field that is not listed resource by resource',
      args: ['--without', 'accesors'],
      says: 'accessors, versions, collaborators, tags, models, secrets; did you mean accessors?',
    },
    { name: 'an invalid config', args: [], says: 'a.yaml:1:1: unknown kind' },
    { name: 'an unknown kind', args: ['--kinds', 'machins'], says: 'write some of' },
    { name: 'an unknown layout', args: ['--layout', 'flat'], says: 'kind, single' },
  ])('refuses $name, and writes nothing', async ({ args, says }) => {
    await using it = await live(network);
    await using here = await place();
    const own = { 'a.yaml': 'machins: {}\n' };
    await here.write({ 'config/a.yaml': own['a.yaml'] });
    const { code, stderr } = await here.run(['import', ...args], it.env);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(await filesIn(join(here.path, 'config'))).toEqual(own);
  });
});
