import { describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { place, type Place } from './holdfast.ts';

const machine = (fields = ''): string =>
  `{ machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50${fields} }`;

const team = `privateNetworks:
  research: { region: ny2, labels: { owner: net } }
  spare: { region: ny2 }
machines:
  trainer-1: ${machine(', network: research, labels: { owner: ml }')}
  trainer-2: ${machine(', network: research, labels: { owner: ops }')}
  lone: ${machine()}
`;

const files = {
  'config/holdfast.yaml': 'settings: { limits: { updates: 100%, deletions: 100% } }',
  'config/team.yaml': team,
};

const envOf = ({ url }: Simulator) => ({
  PAPERSPACE_API_URL: `${url}/v1`,
  PAPERSPACE_API_KEY: 'k',
});

/** The writes since the n-th request: `POST /machines trainer-1`. */
const writes = ({ requests }: Simulator, from = 0): readonly string[] =>
  requests
    .slice(from)
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, body }) => {
      const { name } = (body ?? {}) as { readonly name?: string };
      return [method, path, ...(name === undefined ? [] : [name])].join(' ');
    })
    .toSorted();

async function started(here: Place) {
  await here.write(files);
  const simulator = await startSimulator({ jobTime: 0 });
  const env = envOf(simulator);
  return {
    simulator,
    run: (...args: readonly string[]) => here.run(args, env),
    /** Makes the store, without which a saved plan has no values to compare. Returns the number of requests so far. */
    async store() {
      await here.run(['apply', '--yes', '--only', 'privateNetworks/spare'], env);
      return simulator.requests.length;
    },
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

describe('--only', () => {
  test('plans and applies what is selected and what that needs, and nothing else', async () => {
    await using here = await place();
    await using it = await started(here);
    const planned = await it.run('plan', '--only', 'machines/trainer-1');
    expect(planned.code).toBe(2);
    expect(planned.stdout).toContain('Only machines/trainer-1.');
    expect(planned.stdout).toContain('included, since machines/trainer-1 refers to it');
    expect(planned.stdout).toContain('2 to create: 2 missing.');
    expect(planned.stdout).not.toMatch(/trainer-2|lone|spare/);
    expect(writes(it.simulator)).toEqual([]);

    const applied = await it.run('apply', '--yes', '--only', 'machines/trainer-1');
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.stdout).toContain('2 created: 2 in sync.');
    expect(writes(it.simulator)).toEqual([
      'POST /machines trainer-1',
      'POST /private-networks research',
    ]);

    const again = await it.run('drift', '--only', 'machines/trainer-1');
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('The selection is in sync, nothing to do.');
    const whole = await it.run('plan');
    expect(whole.code).toBe(2);
    expect(whole.stdout).toContain('3 to create: 2 in sync, 3 missing.');
    // What apply left alone is known: the last pass was not about an in-sync team.
    const status = await it.run('status');
    expect(status.code).toBe(2);
    expect(status.stdout).toContain('Not in sync: 3 missing');
  });

  test('selects by label, and several selectors add up', async () => {
    await using here = await place();
    await using it = await started(here);
    const args = ['--only', 'owner=*', '--only', 'machines/lone', '--format', 'json'];
    const { code, stdout } = await it.run('apply', '--yes', ...args);
    const report = JSON.parse(stdout) as {
      only: readonly string[];
      resources: readonly { name: string; labels?: object; included?: string }[];
    };
    expect(code).toBe(0);
    expect(report.only).toEqual(['owner=*', 'machines/lone']);
    expect(report.resources.map(({ name, labels, included }) => [name, labels, included])).toEqual([
      ['research', { owner: 'net' }, undefined],
      ['trainer-1', { owner: 'ml' }, undefined],
      ['trainer-2', { owner: 'ops' }, undefined],
      ['lone', undefined, undefined],
    ]);
    expect(writes(it.simulator)).toEqual([
      'POST /machines lone',
      'POST /machines trainer-1',
      'POST /machines trainer-2',
      'POST /private-networks research',
    ]);
  });

  test('deletes what is absent and selected, and nothing else that is absent', async () => {
    await using here = await place();
    await using it = await started(here);
    await it.run('apply', '--yes');
    const absent = 'absent: { machines: [lone], privateNetworks: [spare] }\n';
    await here.write({
      'config/team.yaml': absent + team.replace(/^ {2}(lone|spare).*\n/gm, ''),
    });
    const from = it.simulator.requests.length;
    const { code, stdout } = await it.run('apply', '--yes', '--only', 'machines/lo*');
    expect(stdout).toContain('1 deleted: no resources.');
    expect(code).toBe(0);
    expect(writes(it.simulator, from)).toEqual([expect.stringMatching(/^DELETE \/machines\/\w+$/)]);
    expect([...it.simulator.world.privateNetworks].map(({ name }) => name).toSorted()).toEqual([
      'research',
      'spare',
    ]);
  });

  test.each([
    {
      only: 'machine/trainer-1',
      because: 'an unknown kind',
      message: ': there is no kind "machine"; did you mean machines?',
    },
    {
      only: 'machines/trainer-3',
      because: 'a misspelt name must not look like a team in sync',
      message: ' selects nothing, so nothing was done; did you mean machines/trainer-1?',
    },
    {
      only: 'owner=mll',
      because: 'a misspelt value must not either',
      message: ' selects nothing, so nothing was done; did you mean owner=ml?',
    },
    {
      only: 'machines',
      because: 'a kind alone',
      message: ': write KIND/NAME or LABEL=VALUE, such as machines/* or owner=ml',
    },
  ])('refuses $only: $because', async ({ only, message }) => {
    await using here = await place();
    await using it = await started(here);
    for (const command of [['plan'], ['drift'], ['ci', 'plan'], ['apply', '--yes']]) {
      const ended = await it.run(...command, '--only', 'machines/lone', '--only', only);
      expect(ended).toMatchObject({
        code: 1,
        stdout: '',
        stderr: `--only ${only}${message}\n`,
      });
    }
    expect(writes(it.simulator)).toEqual([]);
  });
});

describe('a saved plan of a selection', () => {
  test('is applied with its selection, also after a change of labels', async () => {
    await using here = await place();
    await using it = await started(here);
    const from = await it.store();
    const saved = await it.run('plan', '--only', 'owner=ml', '--out', 'plan.json');
    expect(saved.code).toBe(2);
    await here.write({ 'config/team.yaml': team.replace('owner: ops', 'owner: ops, env: dev') });
    const { code, stdout } = await it.run('apply', '--yes', '--plan', 'plan.json');
    expect(stdout).toContain('2 created: 2 in sync.');
    expect(code).toBe(0);
    expect(writes(it.simulator, from)).toEqual([
      'POST /machines trainer-1',
      'POST /private-networks research',
    ]);
  });

  test('applies no more than it shows if its labels have been given to others', async () => {
    await using here = await place();
    await using it = await started(here);
    const from = await it.store();
    await it.run('plan', '--only', 'owner=ml', '--out', 'plan.json');
    await here.write({ 'config/team.yaml': team.replace('owner: ops', 'owner: ml') });
    const { code, stdout } = await it.run('apply', '--yes', '--plan', 'plan.json');
    expect(stdout).toContain('it is not in the plan that is applied');
    expect(code).toBe(3);
    expect(writes(it.simulator, from)).toEqual([
      'POST /machines trainer-1',
      'POST /private-networks research',
    ]);
  });

  test('takes no other selection', async () => {
    await using here = await place();
    await using it = await started(here);
    await it.run('plan', '--out', 'plan.json');
    const args = ['apply', '--yes', '--plan', 'plan.json', '--only', 'machines/lone'];
    const { code, stderr } = await it.run(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "option '--plan <file>' cannot be used with option '--only <pattern>'",
    );
    expect(writes(it.simulator)).toEqual([]);
  });
});

test('a plan against a snapshot takes a selection too, without any request', async () => {
  await using here = await place();
  await using it = await started(here);
  await it.run('apply', '--yes', '--only', 'machines/lone');
  await it.run('snapshot', '--out', 'team.json');
  const before = it.simulator.requests.length;
  const { code, stdout } = await it.run('plan', '--from', 'team.json', '--only', 'owner=ml');
  expect(code).toBe(2);
  expect(stdout).toContain('2 to create: 2 missing.');
  expect(it.simulator.requests.length).toBe(before);
});

test('ci plan comments on a selection', async () => {
  await using here = await place();
  await using it = await started(here);
  const { code, stdout } = await it.run('ci', 'plan', '--only', 'machines/lone');
  expect(code).toBe(2);
  expect(stdout).toContain('Only machines/lone.');
  expect(stdout).toContain('1 to create: 1 missing.');
});
