import { createHmac } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { testRepository, type TestRepository } from '../support/git.ts';
import { basicHeader, serveGit } from '../support/gitHttp.ts';
import { forgeToken } from '../support/forges/fakeForge.ts';
import { forges } from '../support/forges/forges.ts';
import { place, type Place } from './holdfast.ts';

const network = (...names: string[]) =>
  `privateNetworks:\n${names.map((name) => `  ${name}: { region: ny2 }\n`).join('')}`;

/** The operator's settings. */
const operator = (url: string, git = '', settings = '') =>
  `settings: { mode: enforce, schedule: null, git: { url: "${url}", interval: 500ms${git} }${settings} }\n`;

interface Status {
  readonly configError: string | null;
  readonly git: { readonly commit: string } | null;
}

/** A daemon that follows a repository, in an environment without a config directory. */
async function daemon(here: Place, env: Readonly<Record<string, string>> = {}) {
  const simulator = await startSimulator();
  const start = async () => {
    const run = here.start(['run', '--settings', join(here.path, 'operator.yaml')], {
      PAPERSPACE_API_URL: `${simulator.url}/v1`,
      PAPERSPACE_API_KEY: 'k',
      HOLDFAST_TOKEN: 'open',
      ...env,
    });
    const [, url = ''] = await run.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
    const get = async (path: string): Promise<Record<string, unknown>> =>
      (await (await fetch(url + path)).json()) as Record<string, unknown>;
    const metrics = async () => (await fetch(`${url}/metrics`)).text();
    return {
      run,
      url,
      get,
      metrics,
      status: async () => (await get('/api/v1/status')) as unknown as Status,
    };
  };
  return {
    start,
    names: () => [...simulator.world.privateNetworks].map(({ name }) => name).toSorted(),
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

/** The report of the last pass. */
async function lastReport(get: (path: string) => Promise<Record<string, unknown>>) {
  const { items } = (await get('/api/v1/passes')) as unknown as { items: { pass: string }[] };
  return await get(`/api/v1/passes/${items[0]?.pass}`);
}

describe('a daemon follows a repository', () => {
  test('a pushed commit is applied, and reports say whose it is', async () => {
    await using here = await place();
    const source = await testRepository();
    const first = await source.commit({ 'gpu/team.yaml': network('a') });
    await here.write({ 'operator.yaml': operator(source.url, ', path: gpu') });
    await using team = await daemon(here);
    const { run, get, metrics, status } = await team.start();
    await run.saw(/1 created: 1 in sync/);
    expect(await status()).toMatchObject({ configError: null, git: { commit: first } });
    const second = await source.commit(
      { 'gpu/team.yaml': network('a', 'b') },
      { author: 'Eve <eve@example.com>', subject: 'Add b' },
    );
    await run.saw(/1 created: 2 in sync/);
    expect(team.names()).toEqual(['a', 'b']);
    const report = await lastReport(get);
    expect(report).toMatchObject({
      trigger: 'git',
      git: {
        url: source.url,
        ref: 'main',
        commit: second,
        author: 'Eve <eve@example.com>',
        subject: 'Add b',
        verified: null,
      },
    });
    const resources = report['resources'] as readonly { name: string; source: object }[];
    expect(resources.map(({ name, source: at }) => [name, at])).toEqual([
      [
        'a',
        expect.objectContaining({
          line: 2,
          blame: expect.objectContaining({ commit: first, author: 'Ada' }),
        }),
      ],
      [
        'b',
        expect.objectContaining({
          line: 3,
          blame: expect.objectContaining({ commit: second, author: 'Eve' }),
        }),
      ],
    ]);
    expect(await metrics()).toMatch(/holdfast_git_last_fetch_timestamp_seconds \d+/);
    run.kill('SIGTERM');
    expect(await run.ended).toMatchObject({ code: 0 });
  });

  test('a commit that is not valid changes nothing, not even after a restart', async () => {
    await using here = await place();
    const source = await testRepository();
    const good = await source.commit({ 'team.yaml': network('a') });
    await here.write({ 'operator.yaml': operator(source.url) });
    await using team = await daemon(here);
    const first = await team.start();
    await first.run.saw(/1 created: 1 in sync/);
    const bad = await source.commit(
      { 'team.yaml': 'privateNetworks:\n  a: { region: nowhere }\n  b: { regoin: ny2 }\n' },
      { author: 'Eve <eve@example.com>', subject: 'Oops' },
    );
    await first.run.saw(/commit not valid; the last good one stays in force/);
    const { configError, git } = await first.status();
    expect(configError).toMatch(
      new RegExp(
        `^commit ${bad.slice(0, 12)} by Eve <eve@example.com>, “Oops”\n[^]*team.yaml:3:8: `,
      ),
    );
    expect(git?.commit).toBe(good);
    first.run.kill('SIGKILL');
    await first.run.ended;
    const second = await team.start();
    await second.run.saw(/"configInForce":false.*"msg":"pass ended"/);
    expect(await second.status()).toMatchObject({
      configError: expect.stringContaining('Oops'),
      git: { commit: good },
    });
    await source.commit({ 'team.yaml': network('a', 'b') });
    await second.run.saw(/1 created: 2 in sync/);
    expect(await second.status()).toMatchObject({ configError: null });
  });

  test('a server that is away changes nothing, not even after a restart', async () => {
    await using here = await place();
    const source = await testRepository();
    await source.commit({ 'team.yaml': network('a') });
    const server = await serveGit(source);
    server.authorization = basicHeader('x-access-token', 'canary-1');
    await writeFile(join(here.path, 'token'), 'canary-1\n');
    const auth = ', auth: { token: { file: token } }';
    await here.write({ 'operator.yaml': operator(server.url, auth) });
    await using team = await daemon(here);
    const first = await team.start();
    await first.run.saw(/1 created: 1 in sync/);
    server.answer = { status: 503 };
    await first.run.saw(/the repository could not be read; the last good config stays in force/);
    expect(await first.status()).toMatchObject({
      configError: expect.stringContaining('the repository cannot be read'),
    });
    first.run.kill('SIGKILL');
    await first.run.ended;
    const second = await team.start();
    await second.run.saw(/"configInForce":false.*"msg":"pass ended"/);
    server.answer = 'git';
    server.authorization = basicHeader('x-access-token', 'canary-2');
    await source.commit({ 'team.yaml': network('a', 'b') });
    await second.run.saw(/authentication|access|refused/i);
    await writeFile(join(here.path, 'token'), 'canary-2\n');
    await second.run.saw(/1 created: 2 in sync/);
    second.run.kill('SIGTERM');
    const { stdout, stderr } = await second.run.ended;
    expect(stdout + stderr).not.toContain('canary');
  });

  test('a signed webhook makes it look at once, whatever the interval', async () => {
    await using here = await place();
    const source = await testRepository();
    await source.commit({ 'team.yaml': network('a') });
    const settings = operator(source.url, ', webhookSecret: { env: HOOK }');
    await here.write({ 'operator.yaml': settings.replace('500ms', '1d') });
    await using team = await daemon(here, { HOOK: 'canary-secret' });
    const { run, get, url } = await team.start();
    await run.saw(/1 created: 1 in sync/);
    await source.commit({ 'team.yaml': network('a', 'b') });
    const body = JSON.stringify({ ref: 'refs/heads/main' });
    const announce = async (secret: string) => {
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      const { status } = await fetch(`${url}/hooks/github`, {
        method: 'POST',
        headers: { 'x-github-event': 'push', 'x-hub-signature-256': `sha256=${signature}` },
        body,
      });
      return status;
    };
    expect(await announce('guessed')).toBe(401);
    expect(await announce('canary-secret')).toBe(202);
    await run.saw(/1 created: 2 in sync/);
    // A pass that follows is in the list before its report is written.
    await expect.poll(() => lastReport(get)).toMatchObject({ trigger: 'webhook' });
    run.kill('SIGTERM');
    const { stdout, stderr } = await run.ended;
    expect(stdout + stderr).not.toContain('canary');
  });

  test('the forge shows what became of a commit, and one issue about drift', async () => {
    await using here = await place();
    const source = await testRepository();
    const first = await source.commit({ 'team.yaml': network('a') });
    const server = await serveGit(source);
    const [github] = forges;
    await using forge = await github?.start();
    if (!forge) throw new Error('there is no forge');
    const git = `, forge: { api: "${forge.url}/api/v3", token: { env: FORGE } }`;
    const settings = operator(`${server.origin}/org/team`, git)
      .replace('mode: enforce', 'mode: observe')
      .replace('schedule: null', 'schedule: "* * * * * *"');
    await here.write({ 'operator.yaml': settings });
    await using team = await daemon(here, { FORGE: forgeToken });
    const { run } = await team.start();
    await expect
      .poll(() => forge.issues.map(({ open, body }) => [open, body.split('\n')[0]]))
      .toEqual([[true, '<!-- holdfast:drift:default -->']]);
    expect(forge.issues[0]?.body).toMatch(
      /privateNetworks\/a.*team\.yaml:2:3 by Ada in [0-9a-f]{12}/,
    );
    const second = await source.commit({ 'team.yaml': 'privateNetworks: {}\n' });
    await expect.poll(() => forge.issues.map(({ open }) => open)).toEqual([false]);
    await expect
      .poll(() => forge.statuses.map(({ commit, state }) => `${commit} ${state}`))
      .toEqual(expect.arrayContaining([`${first} pending`, `${second} success`]));
    run.kill('SIGTERM');
    const { stdout, stderr, code } = await run.ended;
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain(forgeToken);
  });

  test('a force-push is followed, and logged', async () => {
    await using here = await place();
    const source = await testRepository();
    await source.commit({ 'team.yaml': network('a') });
    await here.write({ 'operator.yaml': operator(source.url) });
    await using team = await daemon(here);
    const { run } = await team.start();
    await run.saw(/1 created: 1 in sync/);
    await source.git('checkout', '--quiet', '--orphan', 'next');
    await source.commit({ 'team.yaml': network('a', 'b') });
    await source.git('branch', '--force', 'main', 'next');
    await run.saw(/the history of the repository was rewritten; following it/);
    await run.saw(/1 created: 2 in sync/);
  });

  test('whoever can push can neither lift a limit nor read a variable', async () => {
    await using here = await place();
    const source = await testRepository();
    await source.commit({
      'team.yaml': network('a'),
      'holdfast.yaml': 'settings: { limits: { deletionsPerDay: 1000 }, schedule: "* * * * *" }\n',
    });
    await here.write({
      'operator.yaml': operator(source.url, '', ', repoMaySet: [schedule]'),
    });
    const run = await here.run(['validate', '--settings', 'operator.yaml']);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/holdfast.yaml:1:13: .*limits/);
    await source.commit({
      'holdfast.yaml': null,
      'team.yaml': 'teamSecrets: { s: { value: { env: DATABASE_PASSWORD } } }\n',
    });
    const variable = await here.run(['validate', '--settings', 'operator.yaml']);
    expect(variable.stdout).toMatch(/team.yaml:1:\d+: .*DATABASE_PASSWORD.*secrets\.env/);
  });
});

describe('commands read the repository too', () => {
  const repositoryWith = async (): Promise<TestRepository> => {
    const source = await testRepository();
    await source.commit({ 'team.yaml': network('a') });
    return source;
  };

  test('plan says which commit it is of, and --config is not read', async () => {
    await using here = await place();
    const source = await repositoryWith();
    await here.write({
      'operator.yaml': operator(source.url),
      'config/team.yaml': network('other'),
    });
    const { stdout, code } = await here.run(['plan', '--settings', 'operator.yaml', '--simulate']);
    expect(code).toBe(2);
    expect(stdout).toMatch(/Config of commit [0-9a-f]{12} by Ada <ada@example.com>: Change\./);
    expect(stdout).toMatch(/privateNetworks\/a/);
    expect(stdout).not.toContain('other');
  });

  test('ci plan plans the checkout, which is bound like the repository', async () => {
    await using here = await place();
    const source = await repositoryWith();
    await here.write({
      'operator.yaml': operator(source.url),
      'checkout/team.yaml': network('b'),
    });
    const args = ['--settings', 'operator.yaml', '--config', 'checkout', '--simulate'];
    const { stdout, code } = await here.run(['ci', 'plan', ...args]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/privateNetworks\/b/);
    await here.write({ 'checkout/holdfast.yaml': 'settings: { mode: observe }\n' });
    const refused = await here.run(['ci', 'plan', ...args]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/holdfast.yaml:1:13: .*mode/);
  });

  test('a repository that cannot be read is an error in one line, and a finding of doctor', async () => {
    await using here = await place();
    const source = await repositoryWith();
    await rm(source.directory, { recursive: true });
    await here.write({ 'operator.yaml': operator(source.url) });
    const plan = await here.run(['plan', '--settings', 'operator.yaml', '--simulate']);
    expect(plan.code).toBe(1);
    expect(plan.stderr).toMatch(/^the config cannot be read from git: [^\n]+\n$/);
    const doctor = await here.run(['doctor', '--settings', 'operator.yaml']);
    expect(doctor.stdout).toMatch(/wrong {2}config {4}the config cannot be read from git/);
  });

  test('git in the config directory is refused: whoever may push could change it', async () => {
    await using here = await place();
    await here.write({ 'config/holdfast.yaml': 'settings: { git: { url: "file:///x" } }\n' });
    const { stdout, code } = await here.run(['validate']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/holdfast.yaml:1:18: git of settings is set in the config directory/);
  });
});
