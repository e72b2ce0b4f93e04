import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { startProxy } from '../support/proxy.ts';
import { passedOn, serve, type Reply } from '../support/server.ts';
import { place } from './holdfast.ts';

const [key, next, last] = [
  'pskey-of-the-network-tests',
  'pskey-that-followed',
  'pskey-that-came-last',
];
const network = (...names: readonly string[]): string =>
  `privateNetworks: { ${names.map((name) => `${name}: { region: ny2 }`).join(', ')} }\n`;

test('the key does not cross the network unencrypted unless that is allowed', async () => {
  await using here = await place();
  await here.write({ 'config/team.yaml': network('a') });
  const env = { PAPERSPACE_API_URL: 'http://127.evil.example/v1', PAPERSPACE_API_KEY: key };
  for (const command of ['plan', 'apply --yes', 'import', 'doctor']) {
    const { code, stdout, stderr } = await here.run(command.split(' '), env);
    expect([command, code]).toEqual([command, 1]);
    expect(`${stdout}${stderr}`).toContain(
      'PAPERSPACE_API_URL is http://127.evil.example: the API key would cross the network in the clear',
    );
    expect(`${stdout}${stderr}`).not.toContain('this is a bug');
  }
});

test('uses the proxy that the environment names, which doctor shows', async () => {
  await using here = await place();
  await using proxy = await startProxy();
  await here.write({ 'config/team.yaml': network('a') });
  const env = {
    PAPERSPACE_API_URL: 'http://api.example/v1',
    PAPERSPACE_ALLOW_HTTP: '1',
    PAPERSPACE_API_KEY: key,
    HTTP_PROXY: proxy.url.replace('//', '//me:hunter2@'),
  };
  await here.run(['plan'], env);
  expect(proxy.seen.map(({ url }) => url)).toContainEqual(
    expect.stringMatching(/^http:\/\/api\.example\/v1\/private-networks\?/),
  );
  const doctor = await here.run(['doctor'], env);
  expect(doctor.stdout).toContain(`ok     proxy     ${proxy.url} (HTTP_PROXY)`);
  expect(doctor.stdout + doctor.stderr).not.toContain('hunter2');
  const exempt = await here.run(['doctor'], { ...env, NO_PROXY: '.example' });
  expect(exempt.stdout).toContain('ok     proxy     none');
});

test('names an unusable proxy, with an instruction and without its password', async () => {
  await using here = await place();
  await here.write({ 'config/team.yaml': network('a') });
  const env = { PAPERSPACE_API_KEY: key, HOLDFAST_REQUESTS_RETRIES: '0' };
  const away = await here.run(['plan'], { ...env, HTTPS_PROXY: 'http://me:hunter2@127.0.0.1:1' });
  expect(away.stdout + away.stderr).toContain(
    'the proxy http://127.0.0.1:1 (HTTPS_PROXY) cannot be used: connect ECONNREFUSED 127.0.0.1:1; check HTTPS_PROXY',
  );
  const none = await here.run(['plan'], { ...env, HTTPS_PROXY: 'socks5://me:hunter2@proxy' });
  expect(none).toMatchObject({ code: 1 });
  expect(none.stderr).toContain('HTTPS_PROXY does not hold the address of an HTTP proxy');
  expect(JSON.stringify([away, none])).not.toContain('hunter2');
});

test('uses no proxy for loopback and the embedded team', async () => {
  await using here = await place();
  await using simulator = await startSimulator();
  await here.write({ 'config/team.yaml': network('a') });
  const away = 'http://127.0.0.1:1';
  const env = { HTTP_PROXY: away, HTTPS_PROXY: away, http_proxy: away, https_proxy: away };
  expect(await here.run(['apply', '--yes', '--simulate'], env)).toMatchObject({ code: 0 });
  const live = { ...env, PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: key };
  expect(await here.run(['apply', '--yes'], live)).toMatchObject({ code: 0 });
});

/** An API that accepts these keys and forwards to a simulated team. */
async function gated(simulator: { readonly url: string }) {
  const gate = { keys: new Set([key]), seen: new Set<string>() };
  const unauthorized: Reply = {
    status: 401,
    json: { code: 'UNAUTHORIZED', message: 'You must be logged in to access this method.' },
  };
  const server = await serve((request) => {
    const sent = request.headers.authorization?.replace('Bearer ', '') ?? '';
    gate.seen.add(sent);
    return gate.keys.has(sent) ? passedOn(request, simulator.url) : unauthorized;
  });
  return { ...server, gate };
}

test('a replaced key file needs no restart', async () => {
  await using here = await place();
  await using simulator = await startSimulator();
  await using api = await gated(simulator);
  const keyFile = join(here.path, 'key');
  await here.write({
    key: `${key}\n`,
    'config/holdfast.yaml': 'settings: { mode: enforce, schedule: null }\n',
    'config/team.yaml': network('a'),
  });
  const run = here.start(['run'], {
    PAPERSPACE_API_URL: `${api.url}/v1`,
    PAPERSPACE_API_KEY_FILE: keyFile,
  });
  await run.saw(/1 created: 1 in sync/);
  // The API refuses the key, so the file is read again.
  api.gate.keys = new Set([next]);
  await writeFile(keyFile, next);
  await here.write({ 'config/team.yaml': network('a', 'b') });
  await run.saw(/1 created: 2 in sync/);
  // The API still accepts the key, but SIGHUP reads the file again.
  api.gate.keys = new Set([next, last]);
  await writeFile(keyFile, last);
  run.kill('SIGHUP');
  await here.write({ 'config/team.yaml': network('a', 'b', 'c') });
  await run.saw(/1 created: 3 in sync/);
  expect([...api.gate.seen]).toEqual([key, next, last]);
  // An unusable file is reported, and the previous key stays.
  await writeFile(keyFile, '');
  run.kill('SIGHUP');
  await run.saw(/the API key could not be read again/);
  run.kill('SIGTERM');
  const { code, stdout, stderr } = await run.ended;
  expect(code).toBe(0);
  expect(stdout + stderr).not.toMatch(new RegExp(`${key}|${next}|${last}`));
});

test('an unusable key file is an error, and nothing waits for it', async () => {
  await using here = await place();
  await here.write({ 'config/team.yaml': network('a') });
  const keyFile = join(here.path, 'fifo');
  execFileSync('mkfifo', [keyFile]);
  for (const command of ['plan', 'run', 'doctor']) {
    const { code, stdout, stderr } = await here.run([command], {
      PAPERSPACE_API_KEY_FILE: keyFile,
    });
    expect([command, code]).toEqual([command, 1]);
    expect(stdout + stderr).toContain(`PAPERSPACE_API_KEY_FILE: ${keyFile} is not a regular file`);
  }
});
