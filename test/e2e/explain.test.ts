import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place, type Place } from './holdfast.ts';

const secrets = { LAKE_KEY: 'canary-lake' };

const files = {
  'config/holdfast.yaml': 'settings: { limits: { updates: 0 } }',
  'config/team.yaml': `privateNetworks:
  research: { region: ny2 }
machines:
  trainer-1:
    machineType: C5
    template: { os: Ubuntu 22.04 }
    region: ny2
    diskSize: 50
    network: research
    lifecycle: { preventDeletion: true }
    labels: { owner: ml }
startupScripts:
  hello: { script: "echo canary-script", assignedMachines: [trainer-1] }
storageProviders:
  lake:
    storageProviderType: s3
    s3Config: { bucket: b, accessKey: A, secretAccessKey: { env: LAKE_KEY } }
projects: { vision: {} }
deployments:
  api:
    project: vision
    config:
      apiVersion: v1
      image: example/api:1
      resources: { machineType: C5, ports: [80] }
      basicAuthKey: secret:KEY
      env: [{ name: A, value: canary-env }, { name: B, value: "secret:KEY" }]
`,
};

/** A team as declared, except for one network that was changed. */
async function team(here: Place) {
  await here.write(files);
  const simulator = await startSimulator({ durations: { deployment: 50 } });
  const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k', ...secrets };
  expect(await here.run(['apply', '--yes'], env)).toMatchObject({ code: 0 });
  const [machine] = [...simulator.world.machines];
  simulator.world.machines.patch(machine?.id ?? '', { autoShutdownEnabled: true });
  return {
    simulator,
    id: machine?.id,
    /** Explains a resource, and returns the files written meanwhile. */
    async explain(address: string, ...args: string[]) {
      const before = simulator.requests.length;
      const ended = await here.run(['explain', address, ...args], env);
      const methods = new Set(simulator.requests.slice(before).map(({ method }) => method));
      expect([...methods].filter((method) => method !== 'GET')).toEqual([]);
      expect(ended.stdout + ended.stderr).not.toContain('canary');
      return ended;
    },
    async json(address: string) {
      const { code, stdout } = await this.explain(address, '--format', 'json');
      expect(code).toBe(0);
      return JSON.parse(stdout) as Record<string, unknown>;
    },
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

describe('explain', () => {
  test('prints everything known about a resource, with GET requests only', async () => {
    await using here = await place();
    await using it = await team(here);
    const machine = await it.json('machines/trainer-1');
    expect(machine).toMatchObject({
      schema: 'holdfast/explanation/v1',
      kind: 'machines',
      name: 'trainer-1',
      status: 'inSync',
      since: expect.any(String),
      unverifiable: ['template'],
      declared: {
        source: { file: 'team.yaml', line: 4, column: 3 },
        spec: { machineType: 'C5', template: 'Ubuntu 22.04', network: 'research' },
        lifecycle: { preventDeletion: true, allowStop: false },
        labels: { owner: 'ml' },
      },
      absent: null,
      live: { id: it.id, name: 'trainer-1', spec: { state: 'running' }, settled: true },
      actions: [],
      suspended: null,
      refersTo: [
        { path: 'template', to: 'osTemplates/Ubuntu 22.04' },
        { path: 'network', to: 'privateNetworks/research' },
      ],
      referredToBy: [{ path: 'assignedMachines', from: 'startupScripts/hello' }],
      history: [
        { action: 'machines/trainer-1:create', verb: 'create', outcome: 'done', error: null },
      ],
      companions: {
        events: [{ verb: 'create', state: 'done' }],
        availability: { machineType: 'C5', region: 'ny2', available: true },
      },
      unread: {},
    });
  });

  test('prints the differences, and why its actions are blocked', async () => {
    await using here = await place();
    await using it = await team(here);
    await here.write({
      'config/team.yaml': files['config/team.yaml'].replace(
        'diskSize: 50',
        'diskSize: 50\n    autoShutdownEnabled: false',
      ),
    });
    const { code, stdout } = await it.explain('machines/trainer-1');
    expect(code).toBe(0);
    expect(stdout).toContain('machines/trainer-1  blocked since ');
    expect(stdout).toContain('\nDiffers\n  autoShutdownEnabled: true → false\n');
    expect(stdout).toMatch(/machines\/trainer-1:update blocked: .*over limits\.updates: 0/);
  });

  test('shows the source of a secret, and only the presence of a possible one', async () => {
    await using here = await place();
    await using it = await team(here);
    expect(await it.json('storageProviders/lake')).toMatchObject({
      declared: { spec: { s3Config: { bucket: 'b', secretAccessKey: { env: 'LAKE_KEY' } } } },
      live: { spec: { s3Config: { bucket: 'b' } } },
      companions: { utilization: { totalUsage: 0, totalFreeStorage: 5 } },
    });
    const config = {
      image: 'example/api:1',
      basicAuthKey: 'secret:KEY',
      env: [
        { name: 'A', value: '(hidden)' },
        { name: 'B', value: 'secret:KEY' },
      ],
    };
    expect(await it.json('deployments/api')).toMatchObject({
      declared: { spec: { project: 'vision', config } },
      live: { spec: { config } },
      refersTo: [
        { path: 'project', to: 'projects/vision' },
        { path: 'config', to: 'teamSecrets/KEY' },
        { path: 'config', to: 'projects/vision' },
      ],
      companions: { runs: [{ readyReplicas: 1, instances: [{ state: 'running' }] }] },
    });
    expect(await it.json('startupScripts/hello')).toMatchObject({
      declared: { spec: { script: '(text)', assignedMachines: ['trainer-1'] } },
    });
  });

  test('explains an undeclared resource, and reports what could not be read', async () => {
    await using here = await place();
    await using it = await team(here);
    it.simulator.fault({ path: '/machine-availability', kind: { status: 403 }, times: Infinity });
    const machine = await it.json('machines/trainer-1');
    expect(machine).toMatchObject({
      companions: { events: [{}] },
      unread: { availability: expect.stringContaining('403') },
    });
    const [user] = [...it.simulator.world.members];
    expect(await it.json(`teamMembers/${user?.email}`)).toMatchObject({
      status: 'unmanaged',
      declared: null,
      live: { name: user?.email },
      history: [],
    });
  });

  test('an unknown resource is an error with the nearest name', async () => {
    await using here = await place();
    await using it = await team(here);
    const said = async (address: string) => {
      const { code, stderr, stdout } = await it.explain(address);
      expect([code, stdout]).toEqual([1, '']);
      return stderr;
    };
    expect(await said('machins/trainer-1')).toBe(
      'there is no kind "machins"; did you mean machines?\n',
    );
    expect(await said('machines/trainer-2')).toBe(
      'there is no machine "trainer-2", neither declared nor live; did you mean machines/trainer-1?\n',
    );
    expect(await said('trainer-1')).toContain('"trainer-1" is not an address; write KIND/NAME');
  });

  test('does not change the store, and works without one', async () => {
    await using here = await place();
    await here.write(files);
    const { code, stdout } = await here.run(
      ['explain', 'projects/vision', '--simulate', '--format', 'json'],
      secrets,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'missing',
      live: null,
      companions: {},
      actions: [{ id: 'projects/vision:create', outcome: 'planned' }],
      referredToBy: [
        { path: 'project', from: 'deployments/api' },
        { path: 'config', from: 'deployments/api' },
      ],
    });
    expect(await here.run(['status', '--simulate'], secrets)).toMatchObject({
      stdout: expect.stringMatching(/^no pass has ended yet in the store /),
    });
  });
});
