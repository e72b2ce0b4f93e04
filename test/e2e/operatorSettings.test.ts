import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place, type Place } from './holdfast.ts';

const network = (...names: string[]) =>
  `privateNetworks:\n${names.map((name) => `  ${name}: { region: ny2 }\n`).join('')}`;

/** A config whose `holdfast.yaml` sets the schedule, and the operator's file with these settings. */
async function write(here: Place, operator: string): Promise<void> {
  await here.write({
    'config/holdfast.yaml': 'settings: { schedule: null }\n',
    'config/team.yaml': network('a'),
    'ops/settings.yaml': `settings: ${operator}\n`,
  });
}

describe('validate', () => {
  test('what holdfast.yaml may not set, named by the option or the variable', async () => {
    await using here = await place();
    await write(here, '{}');
    const refused = {
      code: 1,
      stdout: `holdfast.yaml:1:13: schedule of settings is not for holdfast.yaml to set; set it in ${here.path}/ops/settings.yaml, or list it there in repoMaySet\n`,
    };
    const byOption = ['validate', '--settings', 'ops/settings.yaml'];
    const byVariable = { HOLDFAST_SETTINGS: 'ops/settings.yaml' };
    expect(await here.run(byOption)).toMatchObject(refused);
    expect(await here.run(['validate'], byVariable)).toMatchObject(refused);
    expect(await here.run(['validate'])).toMatchObject({ code: 0 });
    await write(here, '{ repoMaySet: [schedule] }');
    expect(await here.run(byOption)).toMatchObject({ code: 0 });
  });

  test('a problem of the operator’s file has its path', async () => {
    await using here = await place();
    await write(here, '{ mode: enfroce, repoMaySet: [shedule] }');
    const args = ['validate', '--settings', 'ops/settings.yaml', '--format'];
    const { stdout } = await here.run([...args, 'text']);
    expect(stdout).toContain(`${here.path}/ops/settings.yaml:1:19: mode of settings is "enfroce"`);
    await here.write({ '.git/HEAD': '' });
    const github = await here.run([...args, 'github']);
    expect(github.stdout).toContain('::error file=ops/settings.yaml,line=1,col=19,');
    const sarif = await here.run([...args, 'sarif']);
    expect(sarif.stdout).toContain('"uri": "ops/settings.yaml"');
  });
});

test('a missing file is an error that names the option or the variable', async () => {
  await using here = await place();
  await write(here, '{}');
  const says = (by: string) =>
    `${by}:1:1: the operator’s settings file "${here.path}/nowhere.yaml" does not exist`;
  const byOption = await here.run(['plan', '--simulate', '--settings', 'nowhere.yaml']);
  expect(byOption).toMatchObject({ code: 1, stdout: '' });
  expect(byOption.stderr).toBe(
    `${says('--settings')}\nthe settings file ${here.path}/nowhere.yaml cannot be used\n`,
  );
  const byVariable = await here.run(['run', '--simulate'], { HOLDFAST_SETTINGS: 'nowhere.yaml' });
  expect(byVariable).toMatchObject({ code: 1 });
  expect(byVariable.stderr).toContain(says('HOLDFAST_SETTINGS'));
  const none = await here.run(['plan', '--settings', '']);
  expect(none).toMatchObject({ code: 1 });
  expect(none.stderr).toContain('write the path of a file');
});

test('plan and import use the settings of the operator', async () => {
  await using here = await place();
  await write(
    here,
    '{ limits: { hourlyCost: 0 }, store: "sqlite:./own.db", repoMaySet: [schedule] }',
  );
  const args = ['--simulate', '--settings', 'ops/settings.yaml'];
  expect(await here.run(['plan', ...args])).toMatchObject({ code: 2 });
  expect(await here.run(['import', ...args])).toMatchObject({ code: 0 });
  await write(here, '{}');
  expect(await here.run(['import', ...args])).toMatchObject({ code: 1 });
});

test('doctor says which file the settings come from', async () => {
  await using here = await place();
  await using simulator = await startSimulator();
  const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
  const seen = async (...args: string[]) => {
    const { stdout } = await here.run(['doctor', ...args], env);
    return /^ok +settings +(.*)/m.exec(stdout)?.[1];
  };
  await here.write({ 'config/team.yaml': network('a') });
  expect(await seen()).toBe('defaults, since there is no config/holdfast.yaml');
  await write(here, '{ repoMaySet: [schedule, limits.updates] }');
  expect(await seen()).toBe('config/holdfast.yaml');
  const file = `${here.path}/ops/settings.yaml (--settings)`;
  const args = ['--settings', 'ops/settings.yaml'];
  expect(await seen(...args)).toBe(`${file}; holdfast.yaml may set schedule, limits.updates`);
  await write(here, '{}');
  expect(await seen(...args)).toBe(file);
  await here.write({ 'config/holdfast.yaml': '' });
  expect(await seen(...args)).toBe(`${file}; holdfast.yaml may set nothing`);
});

test('the daemon follows the file, and an invalid one leaves the last good settings in force', async () => {
  await using here = await place();
  await using simulator = await startSimulator();
  await write(here, '{ mode: observe, repoMaySet: [schedule] }');
  /** Changes nothing else, so that only the watcher of the file can notice. */
  const operator = (settings: string) =>
    here.write({ 'ops/settings.yaml': `settings: ${settings}\n` });
  const run = here.start(['run', '--settings', 'ops/settings.yaml'], {
    PAPERSPACE_API_URL: `${simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'k',
  });
  const [, url = ''] = await run.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
  const status = async () => (await fetch(`${url}/api/v1/status`)).json();
  await run.saw(/"trigger":"start".*"msg":"pass ended"/);
  expect([...simulator.world.privateNetworks]).toEqual([]);

  await operator('{ mode: enforce, repoMaySet: [schedule] }');
  await run.saw(/1 created/);
  expect(await status()).toMatchObject({ mode: 'enforce', configError: null });

  await operator('{ mode: enforce }');
  await run.saw(/not for holdfast.yaml to set.*the last good one stays in force/);
  expect(await status()).toMatchObject({
    mode: 'enforce',
    configError: expect.stringMatching(/^holdfast\.yaml:1:13: schedule of settings/),
  });

  await rename(join(here.path, 'ops'), join(here.path, 'away'));
  await run.saw(/does not exist.*the last good one stays in force/);
  await here.write({ 'config/team.yaml': network('a', 'b', 'c') });
  await operator('{ mode: observe, repoMaySet: [schedule] }');
  await run.saw(/2 to create/);
  expect(await status()).toMatchObject({ mode: 'observe', configError: null });
  expect([...simulator.world.privateNetworks].map(({ name }) => name)).toEqual(['a']);
  run.kill('SIGTERM');
  expect(await run.ended).toMatchObject({ code: 0 });
});
