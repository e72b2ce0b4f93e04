import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { testRepository } from '../support/git.ts';
import { place, type Place } from './holdfast.ts';

const team = `# The team
privateNetworks:
  research: { region: ny2 }
  other: { region: ny2 }
machines:
  trainer-1:   # the big one
    machineType: "C5"   # cheap
    template: { os: Ubuntu 22.04 }
    region: ny2
    diskSize: 50        # GB
    network: research
    accessors: [grace@example.com]
  shared: &base
    machineType: C5
    template: { os: Ubuntu 22.04 }
    region: ny2
    diskSize: 50
  merged:
    <<: *base
  "worker-{01..02}": { machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50 }
startupScripts:
  hello: { script: "echo hi", isEnabled: true, assignedMachines: [trainer-1, "worker-{01..02}"] }
`;

/** An applied team, to change behind Holdfast's back. */
async function applied(here: Place) {
  await here.write({ 'config/team.yaml': team });
  const simulator = await startSimulator();
  const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
  expect(await here.run(['apply', '--yes'], env)).toMatchObject({ code: 0 });
  const { world } = simulator;
  const machine = (name: string) => [...world.machines].find((one) => one.name === name)?.id ?? '';
  return {
    world,
    machine,
    env,
    text: () => readFile(join(here.path, 'config/team.yaml'), 'utf8'),
    /** Accepts, and returns what was printed. Nothing but GET requests may be sent. */
    async accept(...args: readonly string[]) {
      const before = simulator.requests.length;
      const ended = await here.run(['accept', ...args], env);
      const methods = simulator.requests.slice(before).map(({ method }) => method);
      expect(methods.filter((method) => method !== 'GET')).toEqual([]);
      return ended;
    },
    async changesOf(name: string) {
      const { stdout } = await here.run(['plan', '--format', 'json'], env);
      const report = JSON.parse(stdout) as {
        resources: { name: string; changes: { path: string }[] }[];
      };
      return report.resources.find((one) => one.name === name)?.changes.map(({ path }) => path);
    },
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

describe('accept', () => {
  test('writes live values into the lines that declare them, and leaves every other byte', async () => {
    await using here = await place();
    await using it = await applied(here);
    const other = [...it.world.privateNetworks].find(({ name }) => name === 'other')?.id ?? '';
    it.world.machines.patch(it.machine('trainer-1'), {
      machineType: 'C7',
      diskSize: 100,
      networkId: other,
    });
    expect(await it.changesOf('trainer-1')).toEqual(['machineType', 'diskSize', 'network']);
    const { code, stdout, stderr } = await it.accept('machines/trainer-1', '--yes');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(
      '-    diskSize: 50        # GB\n-    network: research\n+    diskSize: 100        # GB\n+    network: other\n',
    );
    expect(stdout).toContain(
      'Accepted machines/trainer-1: machineType, diskSize, network (team.yaml)\n',
    );
    expect(await it.text()).toBe(
      team
        .replace('machineType: "C5"   # cheap', 'machineType: "C7"   # cheap')
        .replace('diskSize: 50        # GB', 'diskSize: 100        # GB')
        .replace('network: research', 'network: other'),
    );
    expect(await it.changesOf('trainer-1')).toEqual([]);
  });

  test('changes nothing where the value is shared with others, and says where', async () => {
    await using here = await place();
    await using it = await applied(here);
    const reasons = {
      merged:
        'its value comes through the merge key at team.yaml:19:5, and is written at team.yaml:17:15',
      shared: 'machines/merged would change too, because an anchor shares the value',
      'worker-01': 'machines/worker-01 is declared by a range of names at team.yaml:20:3',
    };
    for (const [name, because] of Object.entries(reasons)) {
      it.world.machines.patch(it.machine(name), { diskSize: 100 });
      const { code, stderr } = await it.accept(`machines/${name}`, '--yes');
      expect(stderr).toContain(because);
      expect(stderr).toContain('nothing was changed');
      expect(code).toBe(1);
    }
    expect(await it.text()).toBe(team);
  });

  test('all differences are accepted or none, unless fields are named', async () => {
    await using here = await place();
    await using it = await applied(here);
    it.world.machines.patch(it.machine('trainer-1'), { diskSize: 100, name: 'renamed' });
    const all = await it.accept('machines/trainer-1', '--yes');
    expect(all).toMatchObject({ code: 1, stdout: '' });
    expect(all.stderr).toContain('name cannot be accepted: the resource was renamed');
    expect(all.stderr).toContain('holdfast accept machines/trainer-1 --field diskSize\n');
    expect(await it.text()).toBe(team);
    const one = await it.accept('machines/trainer-1', '--field', 'diskSize', '--yes');
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(await it.text()).toBe(team.replace('50        #', '100        #'));
    const again = await it.accept('machines/trainer-1', '--field', 'diskSize', '--yes');
    expect(again.stderr).toContain(
      'diskSize cannot be accepted: it does not differ; what differs is name',
    );
    expect(again.code).toBe(1);
  });

  test('members of a list are added and removed, and a range of them only as a whole', async () => {
    await using here = await place();
    await using it = await applied(here);
    const [script] = [...it.world.startupScripts];
    const assign = (...names: readonly string[]) =>
      it.world.startupScripts.patch(script?.id ?? '', {
        assignedMachineIds: names.map((name) => it.machine(name)),
      });
    assign('worker-01', 'trainer-1');
    const range = await it.accept('startupScripts/hello', '--yes');
    expect(range.stderr).toContain('"worker-{01..02}" is a range of names, and only some of them');
    assign('worker-01', 'worker-02', 'merged');
    expect(await it.accept('startupScripts/hello', '--yes')).toMatchObject({ code: 0, stderr: '' });
    expect(await it.text()).toBe(
      team.replace('[trainer-1, "worker-{01..02}"]', '["worker-{01..02}", "merged"]'),
    );
    expect(await it.changesOf('hello')).toEqual([]);
  });

  test('a value that the API never shows, an unknown name, and no difference are told apart', async () => {
    await using here = await place();
    await using it = await applied(here);
    await here.write({ 'config/team.yaml': team.replace('"echo hi"', '"echo ho"') });
    const script = await it.accept('startupScripts/hello', '--yes');
    expect(script.stderr).toContain(
      'script cannot be accepted: the API never shows its value (team.yaml:22:20)',
    );
    expect(script.stderr).not.toContain('echo');
    await here.write({ 'config/more.yaml': 'projects: { vision: { tags: [a] } }\n' });
    expect((await it.accept('projects/vision', '--yes')).stderr).toContain(
      'nothing was changed: projects/vision is missing',
    );
    expect((await it.accept('machines/nobody', '--yes')).stderr).toContain(
      'the config does not declare machines/nobody',
    );
    expect(await it.accept('machines/trainer-1', '--yes')).toMatchObject({
      code: 0,
      stderr: 'nothing was changed: machines/trainer-1 does not differ\n',
    });
  });

  test('asks on a terminal, refuses elsewhere without --yes, and keeps the mode of the file', async () => {
    await using here = await place();
    await using it = await applied(here);
    it.world.machines.patch(it.machine('trainer-1'), { diskSize: 100 });
    const file = join(here.path, 'config/team.yaml');
    const asked = await it.accept('machines/trainer-1');
    expect(asked.stderr).toContain('elsewhere it requires --yes');
    expect(await it.text()).toBe(team);
    await chmod(file, 0o444);
    expect((await it.accept('machines/trainer-1', '--yes')).stderr).toContain(
      'team.yaml is read-only',
    );
    await chmod(file, 0o640);
    const json = await it.accept('machines/trainer-1', '--yes', '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 'holdfast/accept/v1',
      kind: 'machines',
      name: 'trainer-1',
      file: 'team.yaml',
      changes: [{ path: 'diskSize', desired: 50, observed: 100 }],
    });
    expect((await stat(file)).mode & 0o777).toBe(0o640);
  });
});

describe('accept with a config from Git', () => {
  test('pushes a branch, and leaves main', async () => {
    await using here = await place();
    await using it = await applied(here);
    const repository = await testRepository();
    const base = await repository.commit({ 'team.yaml': team });
    it.world.machines.patch(it.machine('trainer-1'), { diskSize: 100 });
    await here.write({ 'operator.yaml': `settings:\n  git: { url: "${repository.url}" }\n` });
    const flags = ['machines/trainer-1', '--settings', 'operator.yaml', '--yes'];
    const without = await it.accept(...flags);
    expect(without.stderr).toContain('whose files are changed by a branch; add --branch NAME');
    const pushed = await it.accept(...flags, '--branch', 'accept-disk');
    expect(pushed).toMatchObject({ code: 0, stderr: '' });
    expect(pushed.stdout).toContain('Pushed the branch accept-disk\n');
    expect(await repository.git('rev-parse', 'main')).toBe(base);
    expect(await repository.git('diff', '--stat', 'main', 'accept-disk')).toContain(
      '1 insertion(+), 1 deletion(-)',
    );
    expect(await repository.git('show', 'accept-disk:team.yaml')).toBe(
      team.replace('50        #', '100        #').trimEnd(),
    );
    const again = await it.accept(...flags, '--branch', 'accept-disk');
    expect(again.stderr).toContain('nothing was changed: the repository already has a branch');
    expect(await it.text()).toBe(team);
    const wrong = await it.accept('machines/trainer-1', '--yes', '--branch', 'x');
    expect(wrong.stderr).toContain('--branch is for a config from Git');
  });
});
