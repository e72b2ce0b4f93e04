import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place, type Place, type Running } from './holdfast.ts';

const settings = 'settings: { mode: enforce, schedule: null }\n';
const network = (...names: string[]) =>
  `privateNetworks:\n${names.map((name) => `  ${name}: { region: ny2 }\n`).join('')}`;

/** A daemon with a separate team. */
async function daemon(here: Place, env: Readonly<Record<string, string>> = {}) {
  const simulator = await startSimulator();
  const run: Running = here.start(['run'], {
    PAPERSPACE_API_URL: `${simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'k',
    ...env,
  });
  const [, url = ''] = await run.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
  return {
    run,
    simulator,
    url,
    names: () => [...simulator.world.privateNetworks].map(({ name }) => name).toSorted(),
    get: async (path: string) =>
      (await fetch(url + path)).json() as Promise<Record<string, unknown>>,
    async stop() {
      run.kill('SIGTERM');
      return run.ended;
    },
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

test('it converges at the start, then finds nothing to do, and stops cleanly', async () => {
  await using here = await place();
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': network('a', 'b') });
  await using it = await daemon(here);
  await it.run.saw(/2 created: 2 in sync\.[^]*All in sync, nothing to do/);
  expect(it.names()).toEqual(['a', 'b']);
  expect(await it.get('/healthz')).toEqual({ status: 'ok' });
  expect(await it.get('/readyz')).toEqual({ status: 'ready' });
  const status = await it.get('/api/v1/status');
  expect(status).toMatchObject({ mode: 'enforce', configError: null, nextPass: null });
  const passes = (await it.get('/api/v1/passes')) as { items: { pass: string; trigger: string }[] };
  expect(passes.items.map(({ trigger }) => trigger)).toEqual(['start', 'start']);
  const report = await it.get(`/api/v1/passes/${passes.items[1]?.pass}`);
  expect(report).toMatchObject({
    schema: 'holdfast/report/v1',
    summary: { actions: { create: 2 } },
  });
  expect(await it.stop()).toMatchObject({ code: 0 });
});

test('a blocked action is carried out after approval, and a suspended resource is not changed', async () => {
  await using here = await place();
  const limits = settings.replace(' }', ', limits: { deletions: 0 } }');
  await here.write({ 'config/holdfast.yaml': limits, 'config/team.yaml': network('a', 'b') });
  await using it = await daemon(here, { HOLDFAST_TOKEN: 'open' });
  const post = async (path: string, body?: object) =>
    (
      await fetch(it.url + path, {
        method: 'POST',
        headers: { authorization: 'Bearer open' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    ).status;
  await it.run.saw(/All in sync/);
  expect(await post('/api/v1/resources/privateNetworks/b/suspend')).toBe(202);
  await here.write({ 'config/team.yaml': 'absent: { privateNetworks: [a, b] }' });
  await it.run.saw(/2 of 2 privateNetworks to delete, over limits.deletions: 0|suspended since/);
  const status = await it.get('/api/v1/status');
  const { pass } = status['lastPass'] as { pass: string };
  const report = await it.get(`/api/v1/passes/${pass}`);
  expect(await post(`/api/v1/passes/${pass}/approve`, { digest: 'other' })).toBe(409);
  const { items } = await it.get('/api/v1/passes');
  const older = await it.get(`/api/v1/passes/${(items as { pass: string }[])[1]?.pass}`);
  const { pass: before, digest } = older as { pass: string; digest: string };
  expect(await post(`/api/v1/passes/${before}/approve`, { digest })).toBe(409);
  expect(await post(`/api/v1/passes/${pass}/approve`, { digest: report['digest'] })).toBe(202);
  await it.run.saw(/1 deleted/);
  expect(it.names()).toEqual(['b']);
  const shown = await it.get('/api/v1/resources/privateNetworks/b');
  expect(shown).toMatchObject({ status: 'blocked', suspended: expect.any(String) });
  expect(await post('/api/v1/resources/privateNetworks/b/resume')).toBe(202);
  const audit = await here.run(['audit', '--format', 'json', '--since', '1d']);
  const { schema, items: entries } = JSON.parse(audit.stdout) as {
    schema: string;
    items: Record<string, string | null>[];
  };
  expect(schema).toBe('holdfast/audit/v1');
  expect(
    entries.map(({ actor, event, target, outcome }) => [actor, event, target, outcome]),
  ).toEqual([
    ['server.token', 'resume', 'privateNetworks/b', 'done'],
    ['daemon', 'write', 'privateNetworks/a:delete', 'done'],
    ['server.token', 'approve', null, 'done'],
    ['server.token', 'approve', null, 'refused'],
    ['server.token', 'approve', null, 'refused'],
    ['server.token', 'suspend', 'privateNetworks/b', 'done'],
    ['daemon', 'write', 'privateNetworks/b:create', 'done'],
    ['daemon', 'write', 'privateNetworks/a:create', 'done'],
  ]);
  expect(entries[1]?.['digest']).toBe(entries[2]?.['digest']);
  await it.run.saw(
    /"target":"privateNetworks\/a:delete".*"actor":"daemon".*"msg":"a write was sent"/,
  );
  expect(await it.stop()).toMatchObject({ code: 0 });
});

test('a failed action is tried again after a pause, without a schedule', async () => {
  await using here = await place();
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': 'privateNetworks: {}' });
  await using it = await daemon(here);
  await it.run.saw(/nothing to do/);
  it.simulator.fault({ method: 'POST', times: 2, kind: { status: 409 } });
  await here.write({ 'config/team.yaml': network('a') });
  await it.run.saw(/1 created/);
  expect(it.names()).toEqual(['a']);
  expect(await it.stop()).toMatchObject({ code: 0 });
});

describe('it notices a change of its files', () => {
  const change = {
    'written in place': async (file: string, text: string) => writeFile(file, text),
    'renamed over': async (file: string, text: string) => {
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    },
    'removed and written again': async (file: string, text: string) => {
      await rm(file);
      await writeFile(file, text);
    },
  };
  test.each(Object.entries(change))('%s', async (_, write) => {
    await using here = await place();
    await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': network('a') });
    await using it = await daemon(here);
    await it.run.saw(/All in sync/);
    await write(join(here.path, 'config/team.yaml'), network('a', 'b'));
    await it.run.saw(/1 created: 2 in sync/);
    expect(it.names()).toEqual(['a', 'b']);
    await it.stop();
  });
});

describe('however files change, one pass follows', () => {
  /** The passes after the first two, which belong to the start. */
  const changes = async (it: Awaited<ReturnType<typeof daemon>>) => {
    const { items } = (await it.get('/api/v1/passes')) as { items: { trigger: string }[] };
    return items.filter(({ trigger }) => trigger === 'change').length;
  };

  test('a burst of 500 files', async () => {
    await using here = await place();
    await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': network('a') });
    await using it = await daemon(here);
    await it.run.saw(/All in sync/);
    await here.write(
      Object.fromEntries(
        Array.from({ length: 500 }, (_, index) => [
          `config/${index}.yaml`,
          index === 499 ? network('last') : '# nothing yet\n',
        ]),
      ),
    );
    await it.run.saw(/1 created: 2 in sync/);
    await it.run.saw(/1 created: 2 in sync[^]*"trigger":"change"[^]*"trigger":"change"/);
    expect(await changes(it)).toBe(2);
    await it.stop();
  });

  test('a ConfigMap whose ..data is swapped', async () => {
    await using here = await place();
    await here.write({
      'config/..1/holdfast.yaml': settings,
      'config/..1/team.yaml': network('a'),
      'config/..2/holdfast.yaml': settings,
      'config/..2/team.yaml': network('a', 'b'),
    });
    const config = join(here.path, 'config');
    await symlink('..1', join(config, '..data'));
    for (const name of ['holdfast.yaml', 'team.yaml'])
      await symlink(join('..data', name), join(config, name));
    await using it = await daemon(here);
    await it.run.saw(/1 created: 1 in sync[^]*All in sync/);
    await symlink('..2', join(config, '..data_tmp'));
    await rename(join(config, '..data_tmp'), join(config, '..data'));
    await it.run.saw(/1 created: 2 in sync/);
    expect(it.names()).toEqual(['a', 'b']);
    await it.stop();
  });

  test('a directory that is deleted and created again', async () => {
    await using here = await place();
    await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': network('a') });
    await using it = await daemon(here);
    await it.run.saw(/All in sync/);
    await rm(join(here.path, 'config'), { recursive: true });
    await it.run.saw(/the last good one stays in force/);
    await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': network('a', 'b') });
    await it.run.saw(/1 created: 2 in sync/);
    expect(it.names()).toEqual(['a', 'b']);
    await it.stop();
  });
});

test('an invalid config changes nothing, and the last valid one stays in force', async () => {
  await using here = await place();
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': network('a') });
  await using it = await daemon(here);
  await it.run.saw(/All in sync/);
  await here.write({ 'config/team.yaml': 'privateNetworks:\n  a: { regin: ny2 }\n' });
  await it.run.saw(/the last good one stays in force/);
  expect(await it.get('/api/v1/status')).toMatchObject({
    configError: expect.stringContaining('team.yaml:2:'),
  });
  expect(it.names()).toEqual(['a']);
  await here.write({ 'config/team.yaml': network('a', 'c') });
  await it.run.saw(/1 created: 2 in sync/);
  expect(await it.get('/api/v1/status')).toMatchObject({ configError: null });
  await it.stop();
});

test('its metrics include the config, the last success, and the requests', async () => {
  await using here = await place();
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': network('a') });
  await using it = await daemon(here);
  await it.run.saw(/All in sync/);
  const scrape = async () => {
    const text = await (await fetch(`${it.url}/metrics`)).text();
    return (sample: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${sample} `))
          ?.split(' ')[1],
      );
  };
  const before = await scrape();
  expect(before('holdfast_config_valid')).toBe(1);
  expect(before('holdfast_config_age_seconds')).toBeGreaterThan(0);
  expect(
    Math.abs(Date.now() / 1000 - before('holdfast_last_success_timestamp_seconds')),
  ).toBeLessThan(60);
  expect(before('holdfast_api_rate_limit')).toBe(10);
  expect(before('holdfast_passes_total{trigger="start",result="ok"}')).toBe(2);
  expect(before('holdfast_actions_total{verb="create",outcome="done"}')).toBe(1);
  expect(before('holdfast_resources{kind="privateNetworks",status="inSync"}')).toBe(1);
  expect(before('holdfast_api_requests_total{method="POST",status="200"}')).toBe(1);
  await here.write({ 'config/team.yaml': 'privateNetworks: { a: { regin: ny2 } }\n' });
  await it.run.saw(/the last good one stays in force/);
  const after = await scrape();
  expect(after('holdfast_config_valid')).toBe(0);
  expect(after('holdfast_config_age_seconds')).toBeGreaterThan(
    before('holdfast_config_age_seconds'),
  );
  await here.write({ 'config/team.yaml': network('a', 'b') });
  await it.run.saw(/1 created: 2 in sync/);
  const mended = await scrape();
  expect(mended('holdfast_config_valid')).toBe(1);
  expect(mended('holdfast_config_age_seconds')).toBeLessThan(after('holdfast_config_age_seconds'));
  await it.stop();
});

test('it streams an event for each pass, and ends the stream when it stops', async () => {
  await using here = await place();
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': network('a') });
  await using it = await daemon(here);
  await it.run.saw(/All in sync/);
  const response = await fetch(`${it.url}/api/v1/events`);
  const told = response.text();
  await here.write({ 'config/team.yaml': network('a', 'b') });
  await it.run.saw(/1 created: 2 in sync[^]*All in sync/);
  expect(await it.stop()).toMatchObject({ code: 0 });
  const events = [...(await told).matchAll(/event: pass\ndata: (.*)\nid: (.*)\n/g)];
  const passes = events.map(([, data = '']) => JSON.parse(data) as { readonly pass: string });
  expect(passes).toMatchObject([
    { trigger: 'change', summary: { inSync: 2, actions: { create: 1 } } },
    { trigger: 'change', summary: { inSync: 2, actions: { create: 0 } } },
  ]);
  expect(events.map(([, , id]) => id)).toEqual(passes.map(({ pass }) => pass));
});

test('in mode observe it sends GET requests only, and reports what it would do', async () => {
  await using here = await place();
  await here.write({ 'config/team.yaml': network('a') });
  await using it = await daemon(here, { HOLDFAST_SCHEDULE: 'null' });
  await it.run.saw(/1 to create: 1 missing/);
  expect(it.simulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(await it.stop()).toMatchObject({ code: 0 });
});

test('the schedule requests passes', async () => {
  await using here = await place();
  await here.write({
    'config/holdfast.yaml': settings.replace('null', '"* * * * * *"'),
    'config/team.yaml': network('a'),
  });
  await using it = await daemon(here);
  await it.run.saw(/"trigger":"schedule"/);
  expect(await it.stop()).toMatchObject({ code: 0 });
});

test('stopped during a write, it finishes that one and starts no other', async () => {
  await using here = await place();
  await here.write({
    'config/holdfast.yaml':
      'settings: { mode: enforce, schedule: null, throttle: { concurrency: 1 } }\n',
    'config/team.yaml': network('a', 'b', 'c', 'd'),
  });
  await using simulator = await startSimulator({ latency: { min: 400, max: 400 } });
  const arrived = Promise.withResolvers<void>();
  simulator.onExchange(({ operationId }) => {
    if (operationId === 'privateNetworks-create') arrived.resolve();
  });
  const run = here.start(['run'], {
    PAPERSPACE_API_URL: `${simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'k',
  });
  await arrived.promise;
  run.kill('SIGTERM');
  expect(await run.ended).toMatchObject({ code: 0 });
  const names = [...simulator.world.privateNetworks].map(({ name }) => name);
  expect(names).toEqual(['a']);
  const again = await here.run(['plan', '--format', 'json'], {
    PAPERSPACE_API_URL: `${simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'k',
  });
  expect(JSON.parse(again.stdout)).toMatchObject({ summary: { inSync: 1, missing: 3 } });
});

test('a server that others can reach requires a token', async () => {
  await using here = await place();
  await here.write({ 'config/team.yaml': network('a') });
  const refused = await here.run(['run', '--simulate'], { HOLDFAST_SERVER_LISTEN: '0.0.0.0:0' });
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain('HOLDFAST_TOKEN');
});

test('a second daemon with the same store waits until the first has ended, and apply refuses', async () => {
  await using here = await place();
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': network('a') });
  await using it = await daemon(here);
  await it.run.saw(/All in sync/);
  const env = { PAPERSPACE_API_URL: `${it.simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
  const refused = await here.run(['apply', '--yes'], env);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toMatch(/nothing was done: process \d+ on .* writes to this store/);
  expect(await here.run(['plan'], env)).toMatchObject({ code: 0 });
  const second = here.start(['run'], env);
  await second.saw(/another process writes to this store; waiting/);
  it.run.kill('SIGKILL');
  await second.saw(/All in sync/);
  second.kill('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0 });
  expect(it.names()).toEqual(['a']);
});

test('a second daemon reports to its probes that it is waiting, and then takes over', async () => {
  await using here = await place();
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': network('a') });
  await using it = await daemon(here);
  await it.run.saw(/All in sync/);
  const env = {
    PAPERSPACE_API_URL: `${it.simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'k',
    HOLDFAST_TOKEN: 'open',
  };
  const second = here.start(['run'], env);
  const [, url = ''] = await second.saw(/"url":"(http:[^"]+)".*"msg":"serving health and status/);
  const get = async (path: string) => {
    const response = await fetch(url + path);
    return { code: response.status, text: await response.text() };
  };
  const holder = `process ${it.run.pid} on `;
  expect(await get('/healthz')).toMatchObject({ code: 200 });
  const waits = { code: 503, text: expect.stringContaining(`waiting for the store: ${holder}`) };
  expect(await get('/readyz')).toEqual(waits);
  expect(await get('/api/v1/passes')).toEqual(waits);
  expect(JSON.parse((await get('/api/v1/status')).text)).toMatchObject({
    writer: false,
    lastPass: null,
  });
  expect(await get('/')).toEqual({ code: 200, text: waits.text });
  expect((await get('/metrics')).text).toMatch(/^holdfast_config_valid 1$/m);
  const asked = { method: 'POST', headers: { authorization: 'Bearer open' } };
  expect((await fetch(`${url}/api/v1/reconcile`, asked)).status).toBe(503);
  second.kill('SIGHUP');
  expect(await it.stop()).toMatchObject({ code: 0 });
  await second.saw(/All in sync/);
  expect(await get('/readyz')).toMatchObject({ code: 200 });
  expect(JSON.parse((await get('/api/v1/status')).text)).toMatchObject({ writer: true });
  second.kill('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0 });
});

test('a second daemon waits even if the first one has its address', async () => {
  await using here = await place();
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': network('a') });
  await using it = await daemon(here);
  await it.run.saw(/All in sync/);
  const second = here.start(['run'], {
    PAPERSPACE_API_URL: `${it.simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'k',
    HOLDFAST_SERVER_LISTEN: new URL(it.url).host,
  });
  await second.saw(/not serving while waiting/);
  expect(await it.stop()).toMatchObject({ code: 0 });
  await second.saw(/"msg":"started"/);
  expect((await fetch(`${it.url}/healthz`)).status).toBe(200);
  second.kill('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0 });
});

test('stopped while it waits for the store, it ends', async () => {
  await using here = await place();
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': network('a') });
  await using it = await daemon(here);
  const second = here.start(['run'], {
    PAPERSPACE_API_URL: `${it.simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'k',
  });
  await second.saw(/another process writes to this store; waiting/);
  second.kill('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0 });
});
