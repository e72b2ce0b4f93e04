import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place, type Place } from './holdfast.ts';

const token = 'the-token-of-the-server';

const networks = (...names: readonly string[]): string =>
  `privateNetworks:\n${names.map((name) => `  ${name}: { region: ny2 }\n`).join('')}`;

const settings = `settings:
  mode: enforce
  schedule: null
  watch: false
  limits: { deletions: 0 }
  server: { tokens: [{ name: ci, token: { env: CI_TOKEN }, may: [reconcile] }] }
`;

/** A daemon that runs passes on request only, and the environment of the commands that talk to it. */
async function daemon(here: Place) {
  const simulator = await startSimulator();
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': networks('a') });
  const run = here.start(['run'], {
    PAPERSPACE_API_URL: `${simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'k',
    HOLDFAST_TOKEN: token,
    CI_TOKEN: 'ci-token',
  });
  const [, url = ''] = await run.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
  await run.saw(/All in sync/);
  const env = { HOLDFAST_SERVER: url, HOLDFAST_TOKEN: token };
  return {
    run,
    url,
    /** Runs a command that knows the daemon's address and token. */
    ask: (args: readonly string[], over: object = {}) => here.run(args, { ...env, ...over }),
    /** Adds an unmanaged network, which changes the counts of a pass and nothing else. */
    async add(name: string): Promise<void> {
      const body = JSON.stringify({ name, region: 'ny2' });
      const headers = { authorization: 'Bearer k', 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body };
      expect((await fetch(`${simulator.url}/v1/private-networks`, init)).ok).toBe(true);
    },
    names: () => [...simulator.world.privateNetworks].map(({ name }) => name).toSorted(),
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

describe('commands that talk to a daemon', () => {
  test('reconcile waits for its pass, approve lifts a limit, suspend and resume bind', async () => {
    await using here = await place();
    await using it = await daemon(here);
    await here.write({ 'config/team.yaml': `${networks('b')}absent: { privateNetworks: [a] }\n` });

    expect(await it.ask(['suspend', '--all', '--reason', 'an incident', '--until', '4h'])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^everything is suspended until \S+Z\n$/),
      stderr: '',
    });
    const held = await it.ask(['reconcile', '--wait', '--format', 'json']);
    expect(held.code).toBe(3);
    expect(JSON.parse(held.stdout)).toMatchObject({ suspended: { by: 'server.token' } });
    expect(it.names()).toEqual(['a']);
    expect((await it.ask(['status'])).stdout).toMatch(/^Everything is suspended .*: an incident$/m);
    expect(await it.ask(['resume', '--all'])).toMatchObject({ code: 0 });

    const limited = await it.ask(['reconcile', '--wait', '--format', 'json']);
    expect(limited.code).toBe(3);
    expect(it.names()).toEqual(['a', 'b']);
    const { pass } = JSON.parse(limited.stdout) as { pass: string };
    const unconfirmed = await it.ask(['approve', pass]);
    expect(unconfirmed).toMatchObject({ code: 1, stderr: expect.stringContaining('--yes') });
    expect(await it.ask(['approve', pass, '--yes'])).toMatchObject({ code: 0 });
    await it.run.saw(/1 deleted/);
    expect(await it.ask(['reconcile', '--wait'])).toMatchObject({ code: 0 });
    expect(it.names()).toEqual(['b']);
    expect(await it.ask(['status'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('All in sync.'),
    });

    const older = await it.ask(['approve', pass, '--yes']);
    expect(older).toMatchObject({ code: 1, stderr: expect.stringContaining('409: only the plan') });
    const unknown = await it.ask(['suspend', 'privateNetworks/none']);
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('404: ') });
    const lacking = await it.ask(['suspend', '--all'], { HOLDFAST_TOKEN: 'ci-token' });
    expect(lacking).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/403: the token ci may not do this: it lacks "suspend"/),
    });
    const wrong = await it.ask(['reconcile'], { HOLDFAST_TOKEN: 'hunter2' });
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('401: set HOLDFAST_TOKEN'),
    });
    expect(wrong.stderr).not.toContain('hunter2');
    it.run.kill('SIGTERM');
    expect((await it.run.ended).stderr).not.toMatch(/hunter2|the-token-of-the-server/);
  });

  test('status says that a config is not in force, and that everything is suspended', async () => {
    await using here = await place();
    await using it = await daemon(here);
    expect(await it.ask(['suspend', '--all'])).toMatchObject({ code: 0 });
    const suspended = await it.ask(['status']);
    expect(suspended.code).toBe(0);
    expect(suspended.stdout).toMatch(/^Everything is suspended since /);
    expect(suspended.stdout).not.toContain('All in sync');
    await here.write({ 'config/team.yaml': 'privateNetworks: { a: { regin: ny2 } }\n' });
    await it.ask(['reconcile', '--wait']);
    const status = await it.ask(['status']);
    expect(status.code).toBe(2);
    expect(status.stdout).toMatch(
      /^The present config is not in force; the last good one is:\n {2}team\.yaml:1:\d+: /,
    );
    const json = await it.ask(['status', '--format', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      configError: expect.stringContaining('team.yaml:1:'),
      notReady: null,
      findings: [],
    });
    await here.write({ 'config/team.yaml': networks('a') });
    expect(await it.ask(['resume', '--all'])).toMatchObject({ code: 0 });
    await it.ask(['reconcile', '--wait']);
    expect(await it.ask(['status'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('All in sync.'),
    });
    it.run.kill('SIGTERM');
    const { stderr } = await it.run.ended;
    expect(stderr).toMatch(/"configInForce":false,"suspended":true.*"msg":"pass ended"/);
  });

  test('a daemon does not print that all is in sync while the config is not valid', async () => {
    await using here = await place();
    await using it = await daemon(here);
    await it.add('x');
    await it.ask(['reconcile', '--wait']);
    await it.run.saw(/nothing to do\. 1 in sync, 1 unmanaged/);
    await here.write({ 'config/team.yaml': 'privateNetworks: { a: { regin: ny2 } }\n' });
    await it.add('y');
    await it.ask(['reconcile', '--wait']);
    await it.run.saw(/"unmanaged":2.*"configInForce":false.*"msg":"pass ended"/);
    it.run.kill('SIGTERM');
    const { stdout } = await it.run.ended;
    expect(stdout).not.toContain('2 unmanaged');
  });

  test('without --server they refuse a store that a daemon holds', async () => {
    await using here = await place();
    await using it = await daemon(here);
    for (const args of [
      ['suspend', '--all'],
      ['resume', '--all'],
      ['approve', '01K', '--yes'],
    ])
      expect(await it.ask(args, { HOLDFAST_SERVER: '', CI_TOKEN: 'x' })).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^nothing was done: process \d+ .*--server URL/),
      });
    expect(await it.ask(['reconcile'], { HOLDFAST_SERVER: '' })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^reconcile asks a running daemon .*run holdfast apply/),
    });
    it.run.kill('SIGTERM');
    await it.run.ended;
  });
});

test('without a daemon they act on the store', async () => {
  await using here = await place();
  await here.write({
    'config/holdfast.yaml': 'settings: { limits: { deletions: 0 } }\n',
    'config/team.yaml': networks('a'),
  });
  const run = (...args: string[]) => here.run([...args, '--simulate']);
  expect(await run('suspend', 'privateNetworks/a')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('the last pass found no resource privateNetworks/a'),
  });
  expect(await run('apply', '--yes')).toMatchObject({ code: 0 });
  await here.write({ 'config/team.yaml': 'absent: { privateNetworks: [a] }\n' });
  expect(await run('suspend', 'privateNetworks/a', '--reason', 'wait')).toMatchObject({ code: 0 });
  const held = await run('apply', '--yes');
  expect(held.code).toBe(3);
  expect(held.stdout).toMatch(/suspended since \S+ by cli:\S+: wait/);
  expect(await run('resume', 'privateNetworks/a')).toMatchObject({ code: 0 });
  const limited = await run('apply', '--yes', '--format', 'json');
  expect(limited.code).toBe(3);
  const { pass } = JSON.parse(limited.stdout) as { pass: string };
  expect(await run('approve', '01KAAAAAAAAAAAAAAAAAAAAAAA', '--yes')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no report of the pass'),
  });
  expect(await run('approve', pass, '--yes')).toMatchObject({ code: 0 });
  expect(await run('apply', '--yes')).toMatchObject({ code: 0 });
  const audit = await run('audit');
  const events = audit.stdout.split('\n').map((line) => line.split(/ {2}/)[2]);
  expect(events).toEqual([
    'write done',
    'approve done',
    'resume done',
    'suspend done',
    'write done',
    undefined,
  ]);
});

describe('wake', () => {
  const machine = (state: string): string =>
    `{ machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50, state: ${state} }`;
  /** A timetable that is off now, whenever now is. */
  const never = '{ running: "00:00-24:00", except: [2000-01-01/2999-12-31] }';

  test('starts a machine, is shown everywhere, and ends when it is cancelled', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': `machines:\n  a: ${machine(never)}\n` });
    const run = (...args: string[]) => here.run([...args, '--simulate', '--job-time', '0s']);
    const ask = (...args: string[]) => here.run([...args, '--simulate']);
    expect(await run('apply', '--yes')).toMatchObject({ code: 0 });
    const woken = await ask('wake', 'machines/a', '--for', '4h');
    expect(woken.stderr).toBe('');
    expect(woken.stdout).toMatch(/^machines\/a runs until \S+Z, unless a guard blocks it\n$/);
    const planned = await ask('plan');
    expect(planned.code).toBe(2);
    expect(planned.stdout).toMatch(/machines\/a is awake until \S+ \(cli:\S+\)/);
    expect(planned.stdout).toMatch(/start {2}machines\/a/);
    expect(await run('apply', '--yes')).toMatchObject({ code: 0 });
    expect((await ask('status')).stdout).toMatch(/^machines\/a is awake until /);
    expect((await ask('explain', 'machines/a')).stdout).toMatch(/^ {2}awake until /m);
    expect((await ask('wake', 'machines/a', '--cancel')).stdout).toBe(
      'machines/a follows its timetable again\n',
    );
    const stopping = await ask('plan');
    expect(stopping.stdout).toMatch(/stop {2}machines\/a/);
    expect(stopping.stdout).not.toContain('awake');
    expect((await ask('audit')).stdout).toMatch(/wake done.*machines\/a.*until/);
  });

  test('is refused, and says which line to change', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': `machines:\n  a: ${machine('off')}\n` });
    for (const [args, says] of [
      [
        ['machines/a', '--for', '4h'],
        /^nothing was done: machines\/a \(team\.yaml:2:3\) declares state: off/,
      ],
      [['machines/b', '--for', '4h'], /^nothing was done: machines\/b is not declared/],
      [['machines', '--for', '4h'], /^"machines" is not an address; write KIND\/NAME/],
      [['machines/a'], /^give one of --for 4h/],
      [['machines/a', '--for', '4h', '--cancel'], /^give one of --for 4h/],
      [['machines/a', '--for', 'long'], /^--for long: write a duration/],
      [['machines/a', '--for', '31d'], /^a wake lasts at most 30 days/],
      [['machines/a', '--until', '1999-01-01T00:00Z'], /must be a time to come/],
      [['machines/a', '--until', 'noon'], /^--until noon: write a time/],
    ] as const)
      expect(await here.run(['wake', ...args, '--simulate'])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(says),
      });
  });

  test('asks a daemon, which starts the machine at once and shows the wake on its pages', async () => {
    await using here = await place();
    await using it = await daemon(here);
    await here.write({
      'config/team.yaml': `${networks('a')}machines:\n  a: ${machine(never)}\n  b: ${machine('off')}\n`,
    });
    expect(await it.ask(['reconcile', '--wait'])).toMatchObject({ code: 0 });
    expect(await it.ask(['wake', 'machines/a', '--for', '4h'])).toMatchObject({ code: 0 });
    await it.run.saw(/"target":"machines\/a:start","pass".*"msg":"a write was sent"/);
    const page = async (path: string) =>
      (await fetch(it.url + path, { headers: { authorization: `Bearer ${token}` } })).text();
    expect(await page('/')).toContain('awake until');
    expect(await page('/resources/machines/a')).toContain('wake machines/a --cancel');
    expect(await page('/calendar')).toContain('wake ends');
    expect(JSON.parse(await page('/api/v1/resources/machines/a'))).toMatchObject({
      wake: { by: 'server.token' },
    });
    expect(await it.ask(['wake', 'machines/b', '--for', '4h'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('409: machines/b (team.yaml:5:3) declares state: off'),
    });
    expect(await it.ask(['wake', 'machines/c', '--for', '4h'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('404: machines/c is not declared'),
    });
    expect(await it.ask(['wake', 'machines/a', '--cancel'])).toMatchObject({ code: 0 });
    await it.run.saw(/"target":"machines\/a:stop","pass".*"msg":"a write was sent"/);
    it.run.kill('SIGTERM');
    expect((await it.run.ended).stderr).toContain('a timetable was overridden');
  });
});

describe('an address', () => {
  /** A server that answers every request in one way, and what it received. */
  async function answering(answer: RequestListener) {
    const received: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      received.push(request.headers.authorization);
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}`,
      received,
      async [Symbol.asyncDispose]() {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      },
    };
  }

  const refused = async (url: string, over: Readonly<Record<string, string>> = {}) => {
    await using here = await place();
    const ended = await here.run(['suspend', '--all', '--server', url], {
      HOLDFAST_TOKEN: token,
      ...over,
    });
    expect(ended.code).toBe(1);
    expect(ended.stdout + ended.stderr).not.toContain(token);
    return ended.stderr;
  };

  test.each([
    ['http://holdfast.example.com', /plain http to another machine/],
    ['http://127.0.0.1.example.com', /plain http to another machine/],
    ['ftp://127.0.0.1', /neither https nor http/],
    ['holdfast', /is not a URL/],
    [`https://ada:${token}@example.com`, /has a user/],
    ['http://127.0.0.1:1', /cannot be reached \(ECONNREFUSED\)/],
  ])('%s is refused', async (url, says) => {
    expect(await refused(url)).toMatch(says);
  });

  test('that redirects is not followed, so that the token goes nowhere else', async () => {
    await using target = await answering((_, response) => response.end('{}'));
    await using it = await answering((_, response) =>
      response.writeHead(307, { location: `${target.url}/api/v1/suspend` }).end(),
    );
    expect(await refused(it.url)).toMatch(/answered 307, a redirect, which is not followed/);
    expect(target.received).toEqual([]);
    expect(it.received).toEqual([`Bearer ${token}`]);
  });

  test('of another program is named as such', async () => {
    await using it = await answering((_, response) => response.end('<!doctype html>'));
    expect(await refused(it.url)).toMatch(/answered 200, but not like a Holdfast daemon/);
  });

  test('gets no token that does not fit into a header', async () => {
    await using it = await answering((_, response) => response.end('{}'));
    expect(await refused(it.url, { HOLDFAST_TOKEN: 'two\nlines' })).toMatch(
      /^HOLDFAST_TOKEN contains a space/,
    );
    expect(it.received).toEqual([]);
  });
});

test.each([
  [['suspend'], /give either KIND\/NAME/],
  [['suspend', 'machines/a', '--all'], /give either KIND\/NAME/],
  [['resume', 'machines'], /write KIND\/NAME/],
  [['suspend', '--all', '--until', 'tomorrow'], /--until tomorrow: write a time to come/],
  [['suspend', '--all', '--until', '1999-01-01T00:00Z'], /write a time to come/],
  [['suspend', '--all', '--reason', ' '], /--reason: write 1 to 500 characters/],
  [['suspend', '--all', '--server', 'https://x.example', '--simulate'], /cannot be used with/],
])('%j is refused before anything is done', async (args, says) => {
  await using here = await place();
  expect(await here.run(args)).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
});
