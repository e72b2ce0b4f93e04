import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { forgeToken } from '../support/forges/fakeForge.ts';
import { forges } from '../support/forges/forges.ts';
import { place, type Ended } from './holdfast.ts';

const network = 'privateNetworks:\n  research: { region: ny2 }\n';
const plan = ['ci', 'plan', '--simulate'];

const outputOf = ({ stdout, stderr }: Ended): string => stdout + stderr;

describe.each(forges)('ci plan on $name', (forge) => {
  test('keeps one comment up to date, until the plan is empty', async () => {
    await using here = await place();
    await using fake = await forge.start();
    await here.write({ 'config/team.yaml': network });
    const env = forge.env(fake.url);
    const first = await here.run([...plan, '--out', 'plan.json'], env);
    expect(first).toMatchObject({ code: 2, stderr: '' });
    expect(first.stdout).toContain('privateNetworks/research');
    expect(fake.comments.map(({ body }) => body)).toEqual([
      expect.stringMatching(/^<!-- holdfast:plan:default -->\n[^]*`privateNetworks\/research`/),
    ]);
    const applied = await here.run(['apply', '--simulate', '--plan', 'plan.json', '--yes']);
    expect(applied.code).toBe(0);
    expect(await here.run(plan, env)).toMatchObject({ code: 0 });
    expect(fake.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('All in sync, nothing to do'),
    ]);
    expect(outputOf(first)).not.toContain(forgeToken);
  });

  test('a config that is not valid replaces the plan', async () => {
    await using here = await place();
    await using fake = await forge.start();
    await here.write({ 'config/team.yaml': 'machins: {}\n', '.git/HEAD': '' });
    const ended = await here.run(plan, forge.env(fake.url));
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('team.yaml:1:1: ');
    expect(/^::error file=config\/team\.yaml,line=1,col=1,/m.test(ended.stdout)).toBe(
      forge.name !== 'GitLab',
    );
    expect(fake.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('**The config is not valid**: one problem'),
    ]);
  });

  test.each([401, 403, 404])(
    'a forge that answers %i changes nothing but a warning',
    async (status) => {
      await using here = await place();
      await using fake = await forge.start();
      await here.write({ 'config/team.yaml': network });
      fake.next('GET', { status, json: { message: 'no' } });
      const ended = await here.run(plan, forge.env(fake.url));
      expect(ended.code).toBe(2);
      expect(ended.stderr).toMatch(
        new RegExp(`^warning: the comment was not published: GET .* answered ${status}: no\n$`),
      );
      expect(ended.stdout).toContain('1 to create');
    },
  );

  test('without a token there is a warning, and no request', async () => {
    await using here = await place();
    await using fake = await forge.start();
    await here.write({ 'config/team.yaml': network });
    const env = Object.entries(forge.env(fake.url)).filter(([name]) => !name.endsWith('_TOKEN'));
    const ended = await here.run(plan, Object.fromEntries(env));
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('there is no token: set HOLDFAST_FORGE_TOKEN or ');
    expect(fake.seen).toEqual([]);
  });

  test('for something else than a change, there is no request', async () => {
    await using here = await place();
    await using fake = await forge.start();
    await here.write({ 'config/team.yaml': network });
    const env = { ...forge.env(fake.url), GITHUB_REF: 'refs/heads/main', CI_MERGE_REQUEST_IID: '' };
    expect(await here.run(plan, env)).toMatchObject({ code: 2, stderr: '' });
    expect(fake.seen).toEqual([]);
  });
});

describe('ci plan', () => {
  test('outside of CI prints the plan', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': network });
    const ended = await here.run([...plan, '--format', 'markdown']);
    expect(ended).toMatchObject({ code: 2, stderr: '' });
    expect(ended.stdout).toContain('| create |');
  });

  test('writes the summary of the job, and for GitLab the counts beside the plan', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': network, 'out/.keep': '' });
    const [github, , gitlab] = forges;
    const nowhere = 'http://127.0.0.1:9';
    const env = { GITHUB_STEP_SUMMARY: 'summary.md', GITHUB_REF: '' };
    await here.run(plan, { ...github?.env(nowhere), ...env });
    expect(await readFile(join(here.path, 'summary.md'), 'utf8')).toContain(
      'privateNetworks/research',
    );
    await here.run([...plan, '--out', 'out/plan.json'], {
      ...gitlab?.env(nowhere),
      CI_MERGE_REQUEST_IID: '',
    });
    const counts = await readFile(join(here.path, 'out/holdfast-terraform-report.json'), 'utf8');
    expect(JSON.parse(counts)).toEqual({ create: 1, update: 0, delete: 0 });
  });

  test('against a snapshot needs no key', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': network });
    await here.run(['snapshot', '--simulate', '--out', 'team.json']);
    const ended = await here.run(['ci', 'plan', '--from', 'team.json']);
    expect(ended).toMatchObject({ code: 2, stderr: '' });
    expect(ended.stdout).toMatch(/^Planned against a snapshot of the team/);
  });

  test.each([
    [['--fail-on', 'deletions'], 2, ''],
    [['--fail-on', 'deletions', '--fail-on', 'cost>0.01'], 1, '--fail-on cost>0.01: '],
    [['--fail-on', 'cost>99'], 2, ''],
    [['--fail-on', 'cost'], 1, 'write deletions, blocked, or cost>N, with N in USD/h.'],
    [['--fail-on', ''], 1, 'write deletions, blocked, or cost>N, with N in USD/h.'],
  ])('%j exits with %i', async (flags, code, message) => {
    await using here = await place();
    await here.write({
      'config/team.yaml':
        'machines:\n  m: { machineType: C5, region: ny2, diskSize: 50, template: { os: Ubuntu 22.04 } }\n',
      'config/holdfast.yaml': 'settings: { prices: { C5: 0.07 } }\n',
    });
    const ended = await here.run([...plan, ...flags]);
    expect(ended.code, outputOf(ended)).toBe(code);
    expect(ended.stderr).toContain(message);
  });

  test('counts the cost of what waits for a maintenance window', async () => {
    await using here = await place();
    await here.write({
      'config/team.yaml':
        'machines:\n  m: { machineType: C5, region: ny2, diskSize: 50, template: { os: Ubuntu 22.04 } }\n',
      'config/holdfast.yaml':
        'settings:\n  prices: { C5: 0.07 }\n  windows: [{ cron: "0 0 29 2 *", duration: 1m }]\n',
    });
    const ended = await here.run([...plan, '--fail-on', 'cost>0.01']);
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('0.07 USD/h more')]);
  });
});
