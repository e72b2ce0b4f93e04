import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { namesIn, startTeams } from '../support/teams.ts';
import { place } from './holdfast.ts';
import { daemon } from './workspacesDaemon.ts';

const network = (name: string): string => `privateNetworks: { ${name}: { region: ny2 } }\n`;

/** Two workspaces whose keys are in files named after them. */
const twoTeams = {
  'config/holdfast.yaml':
    'settings: { workspaces: teams/*, mode: enforce, schedule: null, apiKey: { file: "../keys/{workspace}" } }\n',
  'config/teams/ml/team.yaml': network('a'),
  'config/teams/research/team.yaml': network('b'),
  'keys/ml': 'ml',
  'keys/research': 'research',
};

describe('commands', () => {
  test('work on the workspace that --workspace names, with its key, settings, and records', async () => {
    await using here = await place();
    await using teams = await startTeams('ml', 'research');
    await here.write(twoTeams);
    const run = (text: string) => here.run(text.split(' '), { PAPERSPACE_API_URL: teams.url });
    expect(await run('plan')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'the config has 2 workspaces; name one with --workspace: ml, research\n',
    });
    expect((await run('plan --workspace none')).stderr).toBe(
      '--workspace none: the config has no such workspace; it has ml, research\n',
    );
    expect(await run('apply --yes --workspace ml')).toMatchObject({ code: 0 });
    expect([namesIn(teams, 'ml'), namesIn(teams, 'research')]).toEqual([['a'], []]);
    expect((await run('status --workspace ml')).stdout).toContain('All in sync');
    expect((await run('status --workspace research')).stdout).toContain('no pass has ended yet');
    expect(await run('drift --workspace ml')).toMatchObject({ code: 0 });
  });

  test('with --workspace all, each is reported, and the worst exit code counts', async () => {
    await using here = await place();
    await using teams = await startTeams('ml');
    await here.write(twoTeams);
    const run = (text: string) => here.run(text.split(' '), { PAPERSPACE_API_URL: teams.url });
    const plan = await run('plan --workspace all --format json');
    expect(JSON.parse(plan.stdout)).toMatchObject({
      schema: 'holdfast/reports/v1',
      reports: [{ workspace: 'ml', summary: { missing: 1 } }],
    });
    expect(plan).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^research: .* answered 401/),
    });
    const validate = await run('validate --workspace all');
    expect(validate).toEqual({
      code: 0,
      stdout: 'ml\nvalid: 1 resource in 1 file\n\nresearch\nvalid: 1 resource in 1 file\n\n',
      stderr: '',
    });
    expect(await run('apply --yes --workspace all')).toMatchObject({
      code: 1,
      stderr: '--workspace all: this command works on one workspace; name it\n',
    });
  });

  test('holdfast.yaml of a workspace may name its key, and what repoMaySet lists', async () => {
    await using here = await place();
    await here.write({
      ...twoTeams,
      'config/holdfast.yaml': 'settings: { workspaces: teams/*, repoMaySet: [mode] }\n',
      'config/teams/ml/holdfast.yaml': 'settings: { mode: enforce, apiKey: { file: key } }\n',
      'config/teams/ml/key': 'ml',
      'config/teams/research/holdfast.yaml': 'settings: { prune: [machines] }\n',
    });
    expect(await here.run(['validate', '--workspace', 'ml'])).toMatchObject({ code: 0 });
    const refused = await here.run(['validate', '--workspace', 'research']);
    expect(refused.stdout).toMatch(
      /^holdfast\.yaml:1:13: prune of settings is not for holdfast\.yaml to set; set it in .*config\/holdfast\.yaml, or list it there in repoMaySet\n/,
    );
    const args = ['validate', '--workspace', 'ml', '--settings', 'operator.yaml'];
    await here.write({ 'operator.yaml': 'settings: { workspaces: teams/* }\n' });
    const pushed = await here.run(args);
    expect(pushed.stdout).toContain('apiKey of settings is not for holdfast.yaml to set');
  });

  test('doctor says which file the settings of a workspace are in, and what its own may set', async () => {
    await using here = await place();
    await using teams = await startTeams('ml');
    await here.write(twoTeams);
    const run = async (...args: readonly string[]): Promise<string> => {
      const env = { PAPERSPACE_API_URL: teams.url };
      return (await here.run(['doctor', '--workspace', 'ml', ...args], env)).stdout;
    };
    expect(await run()).toContain(
      `${here.path}/config/holdfast.yaml (root settings); holdfast.yaml of ml may set apiKey\n`,
    );
    await here.write({ 'operator.yaml': 'settings: { workspaces: teams/* }\n' });
    expect(await run('--settings', 'operator.yaml')).toContain(
      `${here.path}/operator.yaml (--settings); holdfast.yaml of ml may set nothing\n`,
    );
  });

  test('a pattern that leads out of the config is one problem', async () => {
    await using here = await place();
    await here.write({ ...twoTeams, 'config/holdfast.yaml': 'settings: { workspaces: ../x }\n' });
    const { stdout, code } = await here.run(['validate']);
    expect({ code, lines: stdout.trim().split('\n') }).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^holdfast\.yaml:1:25: workspaces .*"\.\.\/x"/)],
    });
  });

  test('two workspaces never write to one team', async () => {
    await using here = await place();
    await using teams = await startTeams('ml');
    await here.write({ ...twoTeams, 'keys/research': 'ml' });
    const run = (text: string) => here.run(text.split(' '), { PAPERSPACE_API_URL: teams.url });
    expect(await run('apply --yes --workspace ml')).toMatchObject({ code: 0 });
    expect(await run('apply --yes --workspace research')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('which is that of the workspace ml'),
    });
    expect(namesIn(teams, 'ml')).toEqual(['a']);
    expect(await run('apply --yes --workspace research --accept-team')).toMatchObject({ code: 0 });
    expect(namesIn(teams, 'ml')).toEqual(['a', 'b']);
  });
});

describe('a daemon', () => {
  test('serves each workspace under its name', async () => {
    await using here = await place();
    await using teams = await startTeams('ml', 'research');
    await here.write({
      ...twoTeams,
      'config/holdfast.yaml': twoTeams['config/holdfast.yaml'].replace('null', '"0 0 1 1 *"'),
    });
    const it = await daemon(here, teams);
    for (const name of ['ml', 'research'])
      await it.has(name, { summary: { inSync: 1 }, error: null });
    expect([namesIn(teams, 'ml'), namesIn(teams, 'research')]).toEqual([['a'], ['b']]);

    expect(await it.get('/api/v1/status')).toEqual({
      status: 400,
      text: expect.stringContaining('there are several workspaces (ml, research)'),
    });
    expect((await it.get('/api/v1/workspaces/none/status')).status).toBe(404);
    expect((await it.get('/api/v1/workspaces/ml/status')).text).toContain('"workspace":"ml"');
    const nextPasses = ['ml', 'research'].map(async (name) => {
      const { text } = await it.get(`/api/v1/workspaces/${name}/status`);
      return (JSON.parse(text) as { nextPass: string }).nextPass;
    });
    expect(await Promise.all(nextPasses)).toEqual([
      expect.stringMatching(/^\d{4}-05-1[34]T/),
      expect.stringMatching(/^\d{4}-05-27T/),
    ]);
    expect((await it.get('/workspaces/ml/api/v1/graph')).text).toContain('privateNetworks/a');
    expect((await it.get('/readyz')).text).toBe('{"status":"ready"}');
    const { text: metrics } = await it.get('/metrics');
    for (const name of ['ml', 'research'])
      expect(metrics).toContain(
        `holdfast_resources{kind="privateNetworks",status="inSync",workspace="${name}"} 1`,
      );
    expect((await it.get('/')).text).toContain('<a href="/workspaces/ml/">ml</a>');
    const { text: page } = await it.get('/workspaces/ml/resources/privateNetworks/a');
    expect(page).toContain('privateNetworks/a');
    const links = [...page.matchAll(/(?:href|action)="(\/[^"]*)"/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !/^\/(?:$|assets\/|workspaces\/ml\/)/.test(link))).toEqual([]);
    for (const link of new Set(links)) expect((await it.get(link)).status, link).toBe(200);

    const all = await it.ask('status --workspace all');
    expect(all).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ml\n[^]*\nresearch\n/) });
    expect(await it.ask('suspend --all --workspace ml')).toMatchObject({ code: 0 });
    expect((await it.ask('status --workspace ml')).stdout).toContain('Everything is suspended');
    expect((await it.ask('status --workspace research')).stdout).not.toContain('suspended');
    expect((await it.ask('suspend --all')).stderr).toContain('name one with --workspace NAME');
  });

  test('an invalid config, a wrong key, a hanging API, and a storm of 429 concern one workspace each', async () => {
    await using here = await place();
    await using teams = await startTeams('ml', 'invalid');
    await here.write({
      ...twoTeams,
      'config/teams/invalid/team.yaml': 'privateNetworks: { a: { regin: ny2 } }\n',
      'config/teams/hanging/team.yaml': network('c'),
      'config/teams/storm/team.yaml': network('d'),
      'keys/research': 'wrong',
      'keys/hanging': 'hangs',
      'keys/storm': 'storm',
      'keys/invalid': 'invalid',
    });
    const it = await daemon(here, teams);
    await it.has('invalid', { error: expect.stringContaining('unknown field "regin"') });
    await it.has('ml', { summary: { inSync: 1 } });
    await it.has('research', { summary: { blocked: 1 } });
    const change = async (...names: readonly string[]): Promise<void> => {
      const networks = names.map((name) => `${name}: { region: ny2 }`).join(', ');
      await here.write({ 'config/teams/ml/team.yaml': `privateNetworks: { ${networks} }\n` });
      await it.has('ml', { summary: { inSync: names.length } });
    };
    await change('a', 'e');
    await change('a', 'e', 'f');
    expect(namesIn(teams, 'ml')).toEqual(['a', 'e', 'f']);
    expect((await it.items()).at(0)).toMatchObject({ name: 'invalid' });
    await here.write({ 'config/teams/invalid/team.yaml': network('a') });
    await it.has('invalid', { error: null, summary: { inSync: 1 } });
  });

  test('a directory that comes is started, and one that goes is parked with its records', async () => {
    await using here = await place();
    await using teams = await startTeams('ml', 'research', 'new');
    await here.write(twoTeams);
    const it = await daemon(here, teams);
    await it.has('research', { summary: { inSync: 1 } });
    await here.write({ 'config/teams/new/team.yaml': network('n'), 'keys/new': 'new' });
    await it.has('new', { summary: { inSync: 1 }, parked: false });
    await rm(join(here.path, 'config/teams/research'), { recursive: true });
    await it.has('research', { parked: true });
    expect(namesIn(teams, 'research')).toEqual(['b']);
    it.run.kill('SIGTERM');
    expect(await it.run.ended).toMatchObject({ code: 0 });
    const again = await daemon(here, teams);
    await again.has('research', { parked: true });
    again.run.kill('SIGTERM');
    await again.run.ended;
    await here.write({ 'config/teams/research/team.yaml': network('b') });
    const status = await here.run(['status', '--workspace', 'research'], {});
    expect(status.stdout).toContain('Last passes');
  });

  test('does not start without a workspace, and says why', async () => {
    await using here = await place();
    await here.write({ ...twoTeams, 'config/holdfast.yaml': 'settings: { workspaces: team/* }\n' });
    expect(await here.run(['run'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no directory matches "team/*" of settings.workspaces'),
    });
  });

  test('a file beside the workspaces is reported, and changes nothing', async () => {
    await using here = await place();
    await using teams = await startTeams('ml', 'research');
    await here.write(twoTeams);
    const it = await daemon(here, teams);
    await it.has('ml', { summary: { inSync: 1 } });
    await here.write({ 'config/stray.yaml': network('s') });
    await it.run.saw(/stray\.yaml: this file is in no workspace/);
    await it.has('ml', { summary: { inSync: 1 }, parked: false });
  });
});
