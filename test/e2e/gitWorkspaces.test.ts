import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { testRepository, type TestFiles } from '../support/git.ts';
import { serveGit } from '../support/gitHttp.ts';
import { namesIn, startTeams } from '../support/teams.ts';
import { place, type Place } from './holdfast.ts';
import { daemon } from './workspacesDaemon.ts';

const network = (name: string): string => `privateNetworks: { ${name}: { region: ny2 } }\n`;
const secret = 'the-secret-of-webhooks';

/** Keys of all teams, and the operator's settings for the workspaces of a repository. */
async function prepare(here: Place, url: string, settings = ''): Promise<void> {
  const keys = ['ml', 'research', 'new'].map((name) => [`keys/${name}`, name]);
  await here.write({
    ...Object.fromEntries(keys),
    'operator.yaml': `settings:
  workspaces: teams/*
  mode: enforce
  schedule: null
  apiKey: { file: "keys/{workspace}" }
  git: { url: "${url}", path: gpu, interval: 1h, webhookSecret: { env: HOOK } }
  ${settings}\n`,
  });
}

/** Sends a signed webhook to a path. */
async function announce(url: string): Promise<number> {
  const body = JSON.stringify({ ref: 'refs/heads/main' });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = { 'x-hub-signature-256': `sha256=${signature}`, 'x-github-event': 'push' };
  const { status } = await fetch(url, { method: 'POST', headers, body });
  return status;
}

const args = ['--settings', 'operator.yaml'];

test('a daemon follows each workspace of a repository, and fetches once for all', async () => {
  await using here = await place();
  await using teams = await startTeams('ml', 'research', 'new');
  const source = await testRepository();
  const first = await source.commit({
    'gpu/teams/ml/team.yaml': network('a'),
    'gpu/teams/research/team.yaml': network('b'),
  });
  const server = await serveGit(source);
  await prepare(here, server.url);
  let it = await daemon(here, teams, args, { HOOK: secret });
  const lookUps = (): number => server.seen.filter(({ line }) => line.includes('info/refs')).length;
  const commitOf = async (name: string): Promise<unknown> => {
    const { text } = await it.get(`/api/v1/workspaces/${name}/status`);
    const { git, configError } = JSON.parse(text) as {
      git: { commit: string };
      configError: string | null;
    };
    return { commit: git.commit, isValid: configError === null };
  };
  const push = async (files: TestFiles): Promise<string> => {
    const commit = await source.commit(files);
    expect(await announce(`${it.url}/hooks/github`)).toBe(202);
    return commit;
  };
  for (const name of ['ml', 'research']) {
    await it.has(name, { summary: { inSync: 1 }, error: null });
    expect(await commitOf(name)).toEqual({ commit: first, isValid: true });
  }
  // One look-up and one fetch.
  expect(lookUps()).toBe(2);

  // One is broken by a commit that the other follows.
  const second = await push({
    'gpu/teams/ml/team.yaml': 'privateNetworks: { a: { regin: ny2 } }\n',
    'gpu/teams/research/team.yaml': network('c'),
  });
  await it.has('research', { summary: { inSync: 1, orphaned: 1 }, error: null });
  await it.has('ml', { error: expect.stringMatching(/^commit [^]*team\.yaml:1:25: .*"regin"/) });
  expect(await commitOf('research')).toEqual({ commit: second, isValid: true });
  expect(await commitOf('ml')).toEqual({ commit: first, isValid: false });
  expect(namesIn(teams, 'ml')).toEqual(['a']);
  expect(namesIn(teams, 'research')).toEqual(['b', 'c']);
  const { text } = await it.get('/metrics');
  expect(text).toMatch(/holdfast_config_valid\{workspace="ml"\} 0/);
  expect(text).toMatch(/holdfast_config_valid\{workspace="research"\} 1/);
  expect(text).toMatch(/holdfast_git_last_fetch_timestamp_seconds\{workspace="ml"\} \d/);

  // After a restart, each has its own last valid commit, even if the repository is away.
  it.run.kill('SIGTERM');
  expect(await it.run.ended).toMatchObject({ code: 0 });
  server.answer = { status: 503 };
  it = await daemon(here, teams, args, { HOOK: secret });
  await it.has('ml', { summary: { inSync: 1 } });
  await it.has('research', { summary: { inSync: 1 } });
  expect(await commitOf('research')).toEqual({ commit: second, isValid: false });
  expect(await commitOf('ml')).toEqual({ commit: first, isValid: false });
  server.answer = 'git';

  // One comes, and one goes. One that comes broken does not keep the webhook from the others.
  const before = lookUps();
  await push({
    'gpu/teams/ml/team.yaml': null,
    'gpu/teams/a/team.yaml': 'machines: 1',
    'gpu/teams/new/team.yaml': network('n'),
  });
  await it.has('a', { error: expect.stringContaining('team.yaml:1:11') });
  await it.has('new', { summary: { inSync: 1 }, parked: false });
  await it.has('ml', { parked: true, error: null });
  expect((await it.get('/metrics')).text).not.toContain('workspace="ml"');
  await it.has('research', { error: null });
  expect(namesIn(teams, 'ml')).toEqual(['a']);
  expect(lookUps()).toBe(before + 2);
  await push({ 'gpu/teams/research/team.yaml': network('d') });
  await it.has('research', { summary: { orphaned: 2, inSync: 1 } });
});

test('commands read the workspaces of the newest commit', async () => {
  await using here = await place();
  await using teams = await startTeams('ml', 'research', 'new');
  const source = await testRepository();
  await source.commit({
    'gpu/teams/ml/team.yaml': network('a'),
    'gpu/teams/research/team.yaml': network('b'),
  });
  const server = await serveGit(source);
  await prepare(here, server.url);
  const run = (text: string) =>
    here.run([...text.split(' '), ...args], { PAPERSPACE_API_URL: teams.url });
  expect(await run('validate --workspace all')).toMatchObject({
    code: 0,
    stdout: 'ml\nvalid: 1 resource in 1 file\n\nresearch\nvalid: 1 resource in 1 file\n\n',
  });
  expect(server.seen.filter(({ line }) => line.includes('info/refs'))).toHaveLength(2);
  expect(await run('apply --yes --workspace ml')).toMatchObject({ code: 0 });
  expect([namesIn(teams, 'ml'), namesIn(teams, 'research')]).toEqual([['a'], []]);
  for (const command of ['status', 'drift', 'plan'])
    expect(await run(`${command} --workspace ml`), command).toMatchObject({ code: 0 });
  expect((await run('doctor --workspace ml')).stdout).toMatch(
    /commit [\da-f]{12} by Ada .*\n.*operator\.yaml \(--settings\); holdfast\.yaml of ml may set nothing/,
  );
  expect((await run('plan')).stderr).toContain('name one with --workspace: ml, research');
  await here.write({ 'checkout/teams/new/team.yaml': network('n') });
  expect(await run('ci plan --workspace new --config checkout')).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('privateNetworks/n'),
  });
  server.answer = { status: 503 };
  expect((await run('plan --workspace ml')).stderr).toContain('cannot be read from git');
});

test('a pushed file sets no root settings, and only what repoMaySet lists', async () => {
  await using here = await place();
  const source = await testRepository();
  await source.commit({
    'gpu/holdfast.yaml':
      'settings: { mode: observe, workspaces: others/*, repoMaySet: [apiKey] }\n',
    'gpu/teams/ml/holdfast.yaml': 'settings: { timezone: Europe/Berlin }\n',
    'gpu/teams/research/holdfast.yaml':
      'settings: { apiKey: { file: key }, limits: { updates: 100% }, store: "sqlite:x.db" }\n',
    'gpu/teams/research/key': 'stolen',
  });
  await prepare(here, source.url, 'repoMaySet: [timezone]');
  const validate = (name: string) => here.run(['validate', '--workspace', name, ...args]);
  expect(await validate('ml')).toMatchObject({ code: 0 });
  const { code, stdout } = await validate('research');
  expect(code).toBe(1);
  for (const path of ['apiKey', 'limits', 'store'])
    expect(stdout).toMatch(new RegExp(`${path} of settings is not for holdfast\\.yaml to set`));
  await here.write({
    'config/holdfast.yaml': `settings: { workspaces: teams/*, git: { url: "${source.url}" } }\n`,
  });
  expect((await here.run(['validate', '--workspace', 'ml'])).stderr).toContain(
    'whoever may push could lift every limit there',
  );
});
