import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describe, expect, inject, test } from 'vitest';
import type { TrendHour } from '../../src/model/pass/trend.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place, type Place } from './holdfast.ts';

const networks = (...names: readonly string[]): string =>
  `privateNetworks:\n${names.map((name) => `  ${name}: { region: ny2 }\n`).join('')}`;

/** A daemon with a separate team. */
async function daemon(
  here: Place,
  env: Readonly<Record<string, string>> = {},
  under: readonly string[] = [],
) {
  const simulator = await startSimulator();
  await here.write({
    'config/holdfast.yaml': 'settings: { mode: enforce, schedule: null }\n',
    'config/team.yaml': networks('a'),
  });
  const target = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
  const run = here.start(['run'], { ...target, ...env }, under);
  const [, url = ''] = await run.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
  await run.saw(/All in sync/);
  return {
    run,
    url,
    target,
    names: () => [...simulator.world.privateNetworks].map(({ name }) => name).toSorted(),
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

test('several hundred half-open connections block neither passes nor probes', async () => {
  await using here = await place();
  // The limit of open files under some service managers.
  await using it = await daemon(here, {}, ['prlimit', '--nofile=256:256']);
  const { hostname, port } = new URL(it.url);
  const half = Array.from({ length: 500 }, () => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).write('GET / HTTP/1.1\r\nHost: ');
    return socket;
  });
  await Promise.all(half.map((socket) => once(socket, 'connect')));
  await here.write({ 'config/team.yaml': networks('a', 'b') });
  await it.run.saw(/1 created: 2 in sync/);
  expect(it.names()).toEqual(['a', 'b']);
  for (const path of ['/healthz', '/readyz', '/metrics'])
    expect((await fetch(it.url + path)).status, path).toBe(200);
  for (const socket of half) socket.destroy();
  it.run.kill('SIGTERM');
  expect(await it.run.ended).toMatchObject({ code: 0 });
});

test('SIGUSR1 does not open the debugger', async () => {
  await using here = await place();
  await using it = await daemon(here);
  it.run.kill('SIGUSR1');
  await here.write({ 'config/team.yaml': networks('a', 'b') });
  await it.run.saw(/1 created: 2 in sync/);
  it.run.kill('SIGTERM');
  const { code, stderr } = await it.run.ended;
  expect(code).toBe(0);
  expect(stderr).not.toMatch(/debugger/i);
});

describe('the token', () => {
  const refused = async (env: Readonly<Record<string, string>>) => {
    await using here = await place();
    await here.write({ 'config/team.yaml': networks('a') });
    return await here.run(['run', '--simulate'], env);
  };

  test.each(['0.0.0.0:0', '[::]:0', '127.evil.example:0'])(
    'must have at least 16 characters if others can reach the server: %s',
    async (listen) => {
      for (const token of [undefined, 'x', '0123456789abcde']) {
        const env = token === undefined ? {} : { HOLDFAST_TOKEN: token };
        const { code, stderr } = await refused({ HOLDFAST_SERVER_LISTEN: listen, ...env });
        expect([code, stderr]).toEqual([
          1,
          expect.stringMatching(/^the server would listen on .* for everyone: /),
        ]);
        expect(stderr).not.toContain('0123456789abcde');
      }
    },
  );

  test('is accepted with 16, and a shorter one is reported on loopback', async () => {
    await using here = await place();
    const HOLDFAST_TOKEN = '0123456789abcdef';
    await using far = await daemon(here, { HOLDFAST_SERVER_LISTEN: '0.0.0.0:0', HOLDFAST_TOKEN });
    const url = far.url.replace('0.0.0.0', '127.0.0.1');
    expect((await fetch(`${url}/api/v1/status`)).status).toBe(401);
    const check = join(inject('build'), 'bin/healthcheck.js');
    const HOLDFAST_SERVER_LISTEN = far.url.replace('http://', '');
    const healthy = () =>
      spawnSync(process.execPath, [check], { env: { HOLDFAST_SERVER_LISTEN } }).status;
    expect(healthy()).toBe(0);
    const headers = { authorization: `Bearer ${HOLDFAST_TOKEN}` };
    expect((await fetch(`${url}/api/v1/status`, { headers })).status).toBe(200);
    far.run.kill('SIGTERM');
    await far.run.ended;
    expect(healthy()).toBe(1);
    await using there = await place();
    await using near = await daemon(there, { HOLDFAST_TOKEN: 'short' });
    await near.run.saw(/the token is short/);
    near.run.kill('SIGTERM');
    expect((await near.run.ended).stderr).not.toContain('"short"');
  });
});

test('actions over HTTP are logged, and refused requests too', async () => {
  await using here = await place();
  const token = '0123456789abcdef';
  await using it = await daemon(here, { HOLDFAST_TOKEN: token });
  const post = (path: string, bearer: string) =>
    fetch(it.url + path, { method: 'POST', headers: { authorization: `Bearer ${bearer}` } });
  expect((await post('/api/v1/resources/privateNetworks/a/suspend', token)).status).toBe(202);
  expect((await post('/api/v1/resources/privateNetworks/a/resume', 'a-wrong-guess')).status).toBe(
    401,
  );
  await it.run.saw(/"resource":"privateNetworks\/a".*"msg":"a resource was suspended"/);
  await it.run.saw(/"remote":"127\.0\.0\.1".*"msg":"request refused: the token is wrong"/);
  it.run.kill('SIGTERM');
  const { stderr } = await it.run.ended;
  expect(stderr).not.toMatch(/0123456789abcdef|a-wrong-guess/);
});

test('a suspension of everything survives a restart, and every view shows it until a resume', async () => {
  await using here = await place();
  const token = '0123456789abcdef';
  await using it = await daemon(here, { HOLDFAST_TOKEN: token });
  const post = (url: string, path: string, body?: object) =>
    fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  expect((await post(it.url, '/api/v1/suspend', { reason: 'an incident' })).status).toBe(202);
  await it.run.saw(/"actor":"server.token".*"msg":"everything was suspended"/);
  it.run.kill('SIGTERM');
  await it.run.ended;
  await here.write({ 'config/team.yaml': networks('a', 'b') });
  const again = here.start(['run'], { ...it.target, HOLDFAST_TOKEN: token });
  const [, url = ''] = await again.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
  await again.saw(/everything is suspended since \S+ by server\.token: an incident/);
  expect(it.names()).toEqual(['a']);
  const status = await (await fetch(`${url}/api/v1/status`)).json();
  expect(status).toMatchObject({ suspended: { by: 'server.token', reason: 'an incident' } });
  const { pass } = (status as { lastPass: { pass: string } }).lastPass;
  expect(await (await fetch(`${url}/api/v1/passes/${pass}`)).json()).toMatchObject({
    suspended: { reason: 'an incident', until: null },
  });
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  const whileSuspended = await metrics();
  expect(whileSuspended).toMatch(/^holdfast_suspended 1$/m);
  expect(whileSuspended).toMatch(
    /^holdfast_oldest_drift_timestamp_seconds\{kind="privateNetworks"\} \d+/m,
  );
  expect(whileSuspended).toMatch(
    /^holdfast_blocked_actions\{kind="privateNetworks",verb="create"\} 1$/m,
  );
  const shown = await here.run(['status'], it.target);
  expect(shown.stdout).toMatch(/^Everything is suspended since .*: an incident$/m);
  expect((await post(url, '/api/v1/resume')).status).toBe(202);
  await again.saw(/1 created: 2 in sync/);
  const afterResume = await metrics();
  expect(afterResume).toMatch(/^holdfast_suspended 0$/m);
  expect(afterResume).not.toMatch(/^holdfast_(oldest_drift|blocked_actions)/m);
  expect(afterResume).toMatch(
    /^holdfast_repair_duration_seconds_count\{kind="privateNetworks"\} 1$/m,
  );
  const trends = (await (await fetch(`${url}/api/v1/trends`)).json()) as {
    readonly items: readonly TrendHour[];
  };
  expect(trends).toMatchObject({ schema: 'holdfast/trends/v1' });
  // `a` by the first process, `b` by the second.
  expect(trends.items.reduce((sum, { repaired }) => sum + repaired, 0)).toBe(2);
  expect(trends.items.at(-1)).toMatchObject({ open: 0 });
  again.kill('SIGTERM');
  expect(await again.ended).toMatchObject({ code: 0 });
});
