import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place, type Env, type Place } from './holdfast.ts';

const network = 'privateNetworks:\n  research: { region: ny2 }\n';
const key = 'canary-key-20571';

/** A separate team that accepts one key. */
async function team() {
  const simulator = await startSimulator({ key });
  return {
    simulator,
    env: { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: key },
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

describe('validate', () => {
  test('a valid config', async () => {
    await using here = await place();
    await here.useExample();
    expect(await here.run(['validate'])).toMatchObject({
      code: 0,
      stdout: 'valid: 12 resources in 4 files\n',
    });
  });

  test('every problem, with its position', async () => {
    await using here = await place();
    await here.write({
      'config/a.yaml': 'privateNetworks:\n  n: { regoin: ny2 }\n',
      'config/b.yaml': 'machins: {}\n',
    });
    const { code, stdout } = await here.run(['validate']);
    expect(code).toBe(1);
    expect(stdout.split('\n').map((line) => line.split(': ')[0])).toEqual([
      'a.yaml:2:8',
      'b.yaml:1:1',
      '',
    ]);
    const json = await here.run(['validate', '--format', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 'holdfast/problems/v1',
      valid: false,
      problems: [{ file: 'a.yaml', line: 2, column: 8 }, { rule: 'unknown-kind' }],
    });
  });

  test.each(['github', 'sarif'])(
    'prints %s, with file names relative to the root of the repository',
    async (format) => {
      await using here = await place();
      await here.write({ 'teams/a/config/b.yaml': 'machins: {}\n', '.git/HEAD': '' });
      const inside = await here.run(['validate', '--format', format], {}, ['env', '-C', 'teams/a']);
      expect(inside.code).toBe(1);
      expect(inside.stdout).toMatch(/(file=|"uri": ")teams\/a\/config\/b\.yaml/);
      const args = ['validate', '--config', 'teams/a/config', '--format', format];
      expect((await here.run(args)).stdout).toMatch(/(file=|"uri": ")teams\/a\/config\/b\.yaml/);
    },
  );

  test.each(['github', 'sarif'])(
    'outside of repositories, file names are relative to the working directory: %s',
    async (format) => {
      await using here = await place();
      await here.write({ 'teams/config/b.yaml': 'machins: {}\n' });
      const { stdout } = await here.run(['validate', '--format', format], {}, [
        'env',
        '-C',
        'teams',
      ]);
      expect(stdout).toMatch(/(file=|"uri": ")config\/b\.yaml/);
    },
  );

  test('refuses what plan refuses, with its position', async () => {
    await using here = await place();
    await here.write({
      'config/team.yaml': network,
      'config/holdfast.yaml':
        'settings:\n  mode: enforce\n  git: { url: https://example.com/a.git }\n',
    });
    const says =
      'holdfast.yaml:3:8: git of settings is set in the config directory; whoever may push could lift every limit there, so set it in the operator’s settings file (--settings FILE), or with HOLDFAST_GIT_URL';
    expect(await here.run(['validate'])).toMatchObject({ code: 1, stdout: `${says}\n` });
    const plan = await here.run(['plan', '--simulate']);
    expect([plan.code, plan.stderr]).toEqual([1, expect.stringContaining(says)]);
  });

  test('prints warnings and exits with 0; --strict treats them as errors', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': 'projects:\n  a:\n  A:\n' });
    const says = 'projects/A is not "a" at team.yaml:2:3, from which it differs in case';
    expect(await here.run(['validate'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        new RegExp(`^team\\.yaml:3:3: warning: ${says}.*\\nvalid: 2 resources in 1 file\\n$`),
      ),
    });
    expect(await here.run(['validate', '--strict'])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(new RegExp(`^team\\.yaml:3:3: ${says}.*\\n$`)),
    });
    const json = async (...more: string[]) =>
      JSON.parse((await here.run(['validate', '--format', 'json', ...more])).stdout) as object;
    const nearNames = [{ file: 'team.yaml', line: 3, column: 3, rule: 'near-names' }];
    expect(await json()).toMatchObject({ valid: true, problems: [], warnings: nearNames });
    expect(await json('--strict')).toMatchObject({
      valid: false,
      problems: nearNames,
      warnings: [],
    });
    const github = await here.run(['validate', '--format', 'github']);
    expect(github.stdout).toMatch(/^::warning file=config\/team\.yaml,line=3,col=3/);
  });

  test('the example has no warnings', async () => {
    await using here = await place();
    await here.useExample();
    expect((await here.run(['validate', '--strict'])).code).toBe(0);
  });

  test('a secret that cannot be read has its own position', async () => {
    await using here = await place();
    await here.write({
      'config/team.yaml':
        'teamSecrets:\n  A:\n    value: { env: MISSING }\n  B:\n    value:\n      file: none\n  C:\n    value: { env: LONG }\n',
    });
    const env = { LONG: 'x'.repeat(8193) };
    expect((await here.run(['validate', '--secrets'], env)).stdout.split('\n')).toEqual([
      'team.yaml:3:19: value of teamSecrets/A cannot be read: the environment variable MISSING is not set',
      expect.stringMatching(
        /^team\.yaml:6:13: value of teamSecrets\/B cannot be read: the secret file .*none does not exist$/,
      ),
      'team.yaml:8:19: value of teamSecrets/C cannot be read: it is longer than 8192 characters',
      '',
    ]);
    expect((await here.run(['validate'], env)).code).toBe(0);
  });
});

describe('plan, apply, drift, status', () => {
  test('Ctrl-C finishes the write in flight, and one line says how many actions are left', async () => {
    await using here = await place();
    const names = Array.from({ length: 20 }, (_, index) => `  n${index}: { region: ny2 }\n`);
    await here.write({
      'config/holdfast.yaml': 'settings: { throttle: { concurrency: 1 } }\n',
      'config/team.yaml': `privateNetworks:\n${names.join('')}`,
    });
    await using simulator = await startSimulator({ latency: { min: 300, max: 300 } });
    const arrived = Promise.withResolvers<void>();
    simulator.onExchange(({ operationId }) => {
      if (operationId === 'privateNetworks-create') arrived.resolve();
    });
    const apply = here.start(['apply', '--yes'], {
      PAPERSPACE_API_URL: `${simulator.url}/v1`,
      PAPERSPACE_API_KEY: 'k',
    });
    await arrived.promise;
    apply.kill('SIGINT');
    const { code, stdout, stderr } = await apply.ended;
    const createdCount = [...simulator.world.privateNetworks].length;
    expect(createdCount).toBeLessThan(3);
    expect(code).toBe(3);
    expect(stdout).toContain(`Stopped: ${20 - createdCount} actions are left of 20.`);
    expect(`${stdout}${stderr}`).not.toContain('skipped');
    expect(stderr.split('\n')).toHaveLength(createdCount + 2);
  });

  test('from nothing to in sync, with the documented exit codes', async () => {
    await using here = await place();
    await using live = await team();
    await here.write({ 'config/team.yaml': network });
    expect((await here.run(['status'], live.env)).code).toBe(2);
    const planned = await here.run(['plan'], live.env);
    expect(planned).toMatchObject({ code: 2 });
    expect(planned.stdout).toContain('+ create  privateNetworks/research  region: ny2');
    expect(planned.stdout).toContain('1 to create: 1 missing.');
    const refused = await here.run(['apply'], live.env);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('--yes');
    expect(live.simulator.requests.every(({ method }) => method === 'GET')).toBe(true);
    const applied = await here.run(['apply', '--yes'], live.env);
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.stdout).toContain('1 created: 1 in sync.');
    expect(await here.run(['drift'], live.env)).toMatchObject({ code: 0 });
    expect(await here.run(['status'], live.env)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^last pass .* ago\n\nLast passes\n.*\n\nAll in sync\.\n$/),
    });
    expect([...live.simulator.world.privateNetworks]).toHaveLength(1);
    await here.write({ 'config/team.yaml': `${network}  more: { region: ny2 }\n` });
    expect(await here.run(['status'], live.env)).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/^The config has changed since the last pass\n/),
    });
  });

  test('JSON, and a plan saved to a file', async () => {
    await using here = await place();
    await using live = await team();
    await here.write({ 'config/team.yaml': network });
    const { stdout } = await here.run(['plan', '--format', 'json', '--out', 'plan.json'], live.env);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'holdfast/report/v1',
      trigger: 'cli',
      complete: true,
      summary: { missing: 1, actions: { create: 1 } },
      resources: [
        {
          kind: 'privateNetworks',
          name: 'research',
          status: 'missing',
          source: { file: 'team.yaml', line: 2, column: 3 },
        },
      ],
      actions: [{ id: 'privateNetworks/research:create', outcome: 'planned' }],
      // The list, and the team of the key, because there is something to write.
      api: { requests: 2 },
    });
  });

  describe('a saved plan', () => {
    const twoNetworks = `${network}  second: { region: ca1 }\n`;
    const plans = async (here: Place, env: Env): Promise<void> => {
      await here.write({ 'config/team.yaml': network });
      expect(await here.run(['plan', '--out', 'plan.json'], env)).toMatchObject({ code: 2 });
    };

    test('is applied unchanged', async () => {
      await using here = await place();
      await using live = await team();
      await plans(here, live.env);
      expect(await here.run(['apply', '--yes', '--plan', 'plan.json'], live.env)).toMatchObject({
        code: 0,
      });
      expect([...live.simulator.world.privateNetworks]).toHaveLength(1);
    });

    test.each([
      ['that was edited', (text: string) => text.replaceAll('ny2', 'ca1')],
      ['that is not a plan', () => '{}'],
      ['that is not JSON', () => 'nothing'],
    ])('%s is refused', async (_, change) => {
      await using here = await place();
      await using live = await team();
      await plans(here, live.env);
      const text = await readFile(join(here.path, 'plan.json'), 'utf8');
      await here.write({ 'plan.json': change(text) });
      const applied = await here.run(['apply', '--yes', '--plan', 'plan.json'], live.env);
      expect(applied.code).toBe(1);
      expect(applied.stderr).toMatch(/--plan plan\.json: nothing was done: it /);
      expect([...live.simulator.world.privateNetworks]).toHaveLength(0);
    });

    test('for another config is refused', async () => {
      await using here = await place();
      await using live = await team();
      await plans(here, live.env);
      await here.write({ 'config/team.yaml': twoNetworks });
      const applied = await here.run(['apply', '--yes', '--plan', 'plan.json'], live.env);
      expect(applied).toMatchObject({ code: 1 });
      expect(applied.stderr).toContain('it was made from another revision of the config');
    });

    test('changes nothing that differs from what it saw, and nothing that is not in it', async () => {
      await using here = await place();
      await using live = await team();
      await here.write({ 'config/team.yaml': twoNetworks });
      await here.run(['apply', '--yes'], live.env);
      const networks = live.simulator.world.privateNetworks;
      const idOf = (name: string) =>
        [...networks].find((candidate) => candidate.name === name)?.id ?? '';
      const [researchId, secondId] = [idOf('research'), idOf('second')];
      networks.patch(researchId, { name: 'renamed' });
      await here.run(['plan', '--out', 'plan.json'], live.env);
      networks.patch(researchId, { name: 'renamed again' });
      networks.patch(secondId, { name: 'renamed too' });
      const applied = await here.run(['apply', '--yes', '--plan', 'plan.json'], live.env);
      expect(applied).toMatchObject({ code: 3 });
      expect(applied.stdout).toContain('privateNetworks/research is not as the plan saw it');
      expect(applied.stdout).toContain('it is not in the plan that is applied');
      expect([...networks].map(({ name }) => name).toSorted()).toEqual([
        'renamed again',
        'renamed too',
      ]);
    });
  });

  test('a blocked resource is exit code 3', async () => {
    await using here = await place();
    await using live = await team();
    await here.write({ 'config/team.yaml': network });
    await here.run(['apply', '--yes'], live.env);
    await here.write({ 'config/team.yaml': network.replace('ny2', 'ca1') });
    const applied = await here.run(['apply', '--yes'], live.env);
    expect(applied).toMatchObject({ code: 3 });
    expect(applied.stdout).toContain('region is fixed at creation');
  });

  test('a failure is exit code 1', async () => {
    await using here = await place();
    await using live = await team();
    live.simulator.fault({ method: 'POST', kind: { status: 403 } });
    await here.write({ 'config/team.yaml': network });
    expect(await here.run(['apply', '--yes'], live.env)).toMatchObject({ code: 1 });
  });

  test('the embedded team needs no key, and is persistent', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': network });
    expect(await here.run(['apply', '--yes', '--simulate'])).toMatchObject({ code: 0 });
    expect(await here.run(['plan', '--simulate'])).toMatchObject({ code: 0 });
    expect(await here.run(['plan', '--simulate=other.json'])).toMatchObject({ code: 2 });
  });
});

describe('a snapshot', () => {
  test('is planned against without a key and without a request', async () => {
    await using here = await place();
    await using live = await team();
    await here.write({ 'config/team.yaml': network });
    expect(await here.run(['snapshot', '--out', 'team.json'], live.env)).toMatchObject({ code: 0 });
    expect(await readFile(join(here.path, 'team.json'), 'utf8')).not.toContain(key);
    const before = live.simulator.requests.length;
    const from = ['--from', 'team.json'];
    const planned = await here.run(['plan', ...from, '--out', 'plan.json']);
    expect(planned).toMatchObject({ code: 2, stderr: '' });
    expect(planned.stdout).toMatch(/^Planned against a snapshot of the team of .*Z, .* old\./);
    const markdown = await here.run(['drift', ...from, '--format', 'markdown']);
    expect(markdown.stdout).toContain('Planned against a snapshot');
    const json = await here.run(['plan', ...from, '--format', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      snapshot: { takenAt: expect.stringMatching(/Z$/), ageSeconds: expect.any(Number) },
      actions: [{ id: 'privateNetworks/research:create', outcome: 'planned' }],
      api: { requests: 0 },
    });
    expect(live.simulator.requests.length).toBe(before);
    const applied = await here.run(['apply', '--plan', 'plan.json', '--yes'], live.env);
    expect(applied).toMatchObject({ code: 0 });
  });

  test('that was changed or is not there is named', async () => {
    await using here = await place();
    await here.write({
      'config/team.yaml': network,
      'team.json': '{"schema":"holdfast/snapshot/v9"}',
    });
    for (const [args, message] of [
      [['--from', 'none.json'], '--from: none.json does not exist\n'],
      [['--from', 'team.json'], '--from: team.json has the format holdfast/snapshot/v9'],
      [['--from', 'team.json', '--simulate'], '--from and --simulate name two teams'],
    ] as const) {
      const { code, stderr } = await here.run(['plan', ...args]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    }
  });

  test('with a wrong key is not written', async () => {
    await using here = await place();
    await using live = await team();
    await here.write({ 'config/team.yaml': network });
    const env = { ...live.env, PAPERSPACE_API_KEY: 'wrong' };
    expect(await here.run(['snapshot', '--out', 'team.json'], env)).toMatchObject({ code: 1 });
    await expect(readFile(join(here.path, 'team.json'))).rejects.toThrow('ENOENT');
  });
});

describe('errors say what to do', () => {
  test.each([
    { name: 'no key', args: ['plan'], env: {}, says: 'set PAPERSPACE_API_KEY' },
    {
      name: 'a key that no header can carry',
      args: ['plan'],
      env: { PAPERSPACE_API_KEY: 'a b' },
      says: 'PAPERSPACE_API_KEY is empty or holds a character that no header can carry',
    },
    {
      name: 'a missing key file',
      args: ['plan'],
      env: { PAPERSPACE_API_KEY_FILE: 'nowhere' },
      says: 'nowhere does not exist',
    },
    { name: 'no config', args: ['plan', '--config', 'nowhere'], env: {}, says: 'nowhere' },
    { name: 'a wrong format', args: ['plan', '--format', 'xml'], env: {}, says: 'text, json' },
    { name: 'a typo', args: ['plam'], env: {}, says: 'Did you mean plan?' },
    {
      name: 'a wrong setting in the environment',
      args: ['plan'],
      env: { HOLDFAST_MODE: 'enforced' },
      says: 'HOLDFAST_MODE',
    },
    {
      name: 'a store that cannot exist',
      args: ['apply', '--yes'],
      env: { PAPERSPACE_API_KEY: 'k', HOLDFAST_STORE: 'sqlite:/dev/null/state.db' },
      says: 'the store /dev/null/state',
    },
  ])('$name', async ({ args, env, says }) => {
    await using here = await place();
    await here.write({ 'config/team.yaml': network });
    const { code, stderr } = await here.run(args, env);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('bug in Holdfast');
  });

  test('a wrong key', async () => {
    await using here = await place();
    await using live = await team();
    await here.write({ 'config/team.yaml': network });
    const wrong = { ...live.env, PAPERSPACE_API_KEY: 'canary-wrong-991' };
    const { code, stdout, stderr } = await here.run(['plan'], wrong);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('PAPERSPACE_API_KEY');
    expect(stdout + stderr).not.toContain('canary');
  });
});

test('the key is never printed or stored, at any log level', async () => {
  await using here = await place();
  await using live = await team();
  await here.write({ 'config/team.yaml': network });
  live.simulator.fault({ method: 'POST', kind: 'reset-before' });
  const { stdout, stderr } = await here.run(
    ['apply', '--yes', '--no-wait', '--log-level', 'trace'],
    live.env,
  );
  expect(stdout + stderr).not.toContain(key);
  expect(stderr).toContain('request ended');
});

describe('an incomplete list is also reported on stderr', () => {
  const config = {
    'config/holdfast.yaml': 'settings: { schedule: null, requests: { retries: 0 } }\n',
    'config/team.yaml': `${network}startupScripts: { s: { script: echo } }\nprojects: { p: {} }\n`,
  };

  test.each([
    'plan',
    'drift',
    'apply --yes',
    'import --out new',
    'explain privateNetworks/research',
    'waste',
    'cost',
    'plan --only machines/none',
    'apply --yes --only machines/none',
  ])('a wrong key with several kinds in use: %s', async (command) => {
    await using here = await place();
    await using live = await team();
    await here.write(config);
    const env = { ...live.env, PAPERSPACE_API_KEY: 'wrong' };
    const { code, stderr } = await here.run(command.split(' '), env);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /(answered 401|does not know this key|knows no such key).*check PAPERSPACE_API_KEY/,
    );
  });

  test('a wrong key with an empty config: waste', async () => {
    await using here = await place();
    await using live = await team();
    await here.write({ 'config/team.yaml': '{}\n' });
    const env = { ...live.env, PAPERSPACE_API_KEY: 'wrong' };
    const { code, stderr } = await here.run(['waste'], env);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/answered 401.*check PAPERSPACE_API_KEY/),
    });
  });

  test('a wrong key in the daemon', async () => {
    await using here = await place();
    await using live = await team();
    await here.write(config);
    const daemon = here.start(['run'], { ...live.env, PAPERSPACE_API_KEY: 'wrong' });
    await daemon.saw(/pass ended/);
    daemon.kill('SIGTERM');
    expect((await daemon.ended).stderr).toMatch(
      /"level":50.*answered 401 .*"lists are incomplete"/,
    );
  });

  test.each(['plan', 'drift', 'apply --yes', 'import --out new'])(
    'one list of several: %s',
    async (command) => {
      await using here = await place();
      await using live = await team();
      await here.write(config);
      live.simulator.fault({ path: '/projects', times: Infinity, kind: { status: 503 } });
      const { code, stdout, stderr } = await here.run(command.split(' '), live.env);
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^projects could not be listed: GET \/projects answered 503/m),
      ]);
      expect(stdout).not.toMatch(/nothing to do/i);
    },
  );
});

test('status names the store if it holds no pass', async () => {
  await using here = await place();
  await here.write({ 'config/team.yaml': network });
  const status = (...args: string[]) => here.run(['status', ...args]);
  const where = 'no pass has ended yet in the store ./.holdfast/state.db, which does not exist';
  expect(await status()).toMatchObject({ code: 2, stdout: `${where}\n` });
  await here.run(['plan', '--simulate']);
  expect((await status()).stdout).toBe(
    `${where}; the simulated team has its own store: holdfast status --simulate\n`,
  );
  expect((await status('--simulate')).stdout).toContain('in the store .holdfast/simulator.db');
  expect(JSON.parse((await status('--format', 'json')).stdout)).toEqual({
    store: './.holdfast/state.db',
    passes: [],
    suspensions: [],
    wakes: [],
    findings: [],
    incomplete: [],
    reportError: null,
    notReady: null,
    configChanged: false,
    configError: null,
    nextPass: null,
    currentPass: null,
    notifications: [],
  });
});

describe('other commands', () => {
  test('doctor finds everything well, or says what is wrong', async () => {
    await using here = await place();
    await using live = await team();
    await here.write({ 'config/team.yaml': network });
    const well = await here.run(['doctor'], live.env);
    expect(well).toMatchObject({ code: 0 });
    expect(well.stdout).toMatch(/ok +key +team example/);
    const wrong = await here.run(['doctor'], { ...live.env, PAPERSPACE_API_KEY: 'x' });
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.stdout).toMatch(/wrong +key/);
    const away = await here.run(['doctor'], {
      ...live.env,
      PAPERSPACE_API_URL: 'http://127.0.0.1:1',
    });
    expect(away.stdout).toMatch(/wrong +address/);
  });

  test('doctor reads each secret, and prints its length and source only', async () => {
    await using here = await place();
    await using live = await team();
    await here.write({
      'config/holdfast.yaml':
        'settings: { secrets: { providers: { tool: { exec: [printf, "{key}-%s", hunter2] } } }, notify: [{ slack: { env: SLACK } }, { webhook: { url: { env: NO_HOOK } } }] }',
      'config/team.yaml':
        'teamSecrets: { A: { value: { env: A_TOKEN } }, B: { value: { from: tool, key: hunter2 } }, C: { value: { file: missing } } }',
    });
    const { code, stdout } = await here.run(['doctor'], {
      ...live.env,
      A_TOKEN: 'hunter2é',
      SLACK: 'hunter2é!',
    });
    expect(code).toBe(1);
    expect(stdout).toContain(
      'ok     secret    value of teamSecrets/A: 8 characters from the variable A_TOKEN\n',
    );
    expect(stdout).toContain(
      'ok     secret    value of teamSecrets/B: 15 characters from hunter2 of the provider tool\n',
    );
    expect(stdout).toMatch(
      /wrong {2}secret {4}value of teamSecrets\/C cannot be read: the secret file \S+missing does not exist\n/,
    );
    expect(stdout).toContain(
      'ok     secret    notify[0].target of settings: 9 characters from the variable SLACK\n',
    );
    expect(stdout).toContain(
      'wrong  secret    notify[1].target.url of settings cannot be read: the environment variable NO_HOOK is not set\n',
    );
    expect(stdout).not.toContain('token of settings');
    expect(stdout).not.toContain('hunter2é');
    expect(stdout).not.toContain('hunter2-');
  });

  test('doctor compares the team of the store and the team of the key', async () => {
    await using here = await place();
    await using live = await team();
    await here.write({ 'config/team.yaml': network });
    expect(await here.run(['apply', '--yes'], live.env)).toMatchObject({ code: 0 });
    const { id, namespace } = live.simulator.world.team;
    const sameTeam = await here.run(['doctor'], live.env);
    expect(sameTeam.stdout).toContain(`the store belongs to ${namespace} (${id})`);
    Object.assign(live.simulator.world.team, { id: 'tother', namespace: 'other-team' });
    const otherTeam = await here.run(['doctor'], live.env);
    expect(otherTeam).toMatchObject({ code: 1 });
    expect(otherTeam.stdout).toContain(
      `the key acts for other-team (tother), and the store belongs to ${namespace} (${id})`,
    );
    expect(otherTeam.stdout).toContain('--accept-team');
  });

  test('graph', async () => {
    await using here = await place();
    await here.useExample();
    const drawn = async (...args: string[]) => here.run(['graph', ...args]);
    const node = 'startupScripts/install-docker';
    expect((await drawn()).stdout).toMatch(/^flowchart LR\n/);
    expect((await drawn()).stdout).toContain(`["${node}"]`);
    expect((await drawn('--format', 'dot')).stdout).toContain(`[label="${node}"]`);
    expect((await drawn('--format', 'svg')).stdout).toContain(`>${node}</text>`);
    const refused = await drawn('--format', 'png');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('mermaid, dot, svg');
  });

  test('schema', async () => {
    await using here = await place();
    const { code, stdout } = await here.run(['schema']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toHaveProperty('properties.machines');
    expect(await here.run(['schema', 'settings'])).toMatchObject({ code: 0 });
    const report = await here.run(['schema', 'report']);
    expect(JSON.parse(report.stdout)).toHaveProperty('properties.resources');
    expect(await here.run(['schema', 'nothing'])).toMatchObject({ code: 1 });
  });

  test('simulate serves a team until it is stopped', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': network });
    const simulator = here.start([
      'simulate',
      '--port',
      '0',
      '--fault',
      'POST /private-networks 503',
    ]);
    const [, url] = await simulator.saw(/listens on (\S+)/);
    const env = { PAPERSPACE_API_URL: url, PAPERSPACE_API_KEY: 'any' };
    expect(await here.run(['apply', '--yes'], env)).toMatchObject({ code: 0 });
    simulator.kill('SIGTERM');
    expect(await simulator.ended).toMatchObject({ code: 0 });
  });

  test('help and version', async () => {
    await using here = await place();
    expect((await here.run(['--help'])).stdout).toContain('validate');
    const help = async (name: string) =>
      (await here.run([name, '--help'])).stdout.replaceAll(/\s+/g, ' ');
    expect(await help('apply')).toContain('how long to wait for jobs (default: 30m)');
    expect(await help('apply')).toContain('"silent", default: info in the daemon, else warn)');
    const formats = async (name: string) =>
      / --format <format> \(([^)]*)\)/.exec(await help(name))?.[1];
    expect(await formats('plan')).toBe(
      'choices: "text", "json", "markdown", "html", default: "text"',
    );
    expect(await formats('status')).toBe('choices: "text", "json", default: "text"');
    expect(await formats('validate')).toContain('"text", "json", "sarif", "github"');
    expect(await formats('graph')).toBe('choices: "mermaid", "dot", "svg", default: "mermaid"');
    expect(await help('schema')).not.toContain('--format');
    expect((await here.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

test('audit lists the writes of apply with the user, and nothing of a store without any', async () => {
  await using here = await place();
  await here.write({ 'config/team.yaml': network });
  const args = ['audit', '--simulate'];
  expect(await here.run(args)).toMatchObject({ code: 0, stdout: 'nothing was recorded\n' });
  expect(await here.run(['apply', '--yes', '--simulate'])).toMatchObject({ code: 0 });
  expect((await here.run(args)).stdout).toMatch(
    /^\S+Z {2}cli:\S+ {2}write done {2}privateNetworks\/research:create, pass \w{26}, digest \w{12}\n$/,
  );
  expect(await here.run([...args, '--since', 'yesterday'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('write a duration such as 12h or 7d'),
  });
});
