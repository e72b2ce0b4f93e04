import { expect, test } from 'vitest';
import { parseFault, startSimulator, type Fault } from '../../src/simulator/simulator.ts';
import { newMachine, start, startTeam, type Team } from './client.ts';

/** Creates a machine. Returns the status, or `cut` if no answer comes. */
const create = async (team: Team) => {
  const reply = await team.send('POST', '/machines', newMachine).catch(() => undefined);
  return reply?.status ?? 'cut';
};

test.each<{ kind: Fault['kind']; sees: number | 'cut'; machines: number }>([
  { kind: { status: 500 }, sees: 500, machines: 0 },
  { kind: { status: 503, body: '<html>' }, sees: 503, machines: 0 },
  { kind: 'reset-before', sees: 'cut', machines: 0 },
  { kind: 'reset-after', sees: 'cut', machines: 1 },
  { kind: 'null-body', sees: 200, machines: 1 },
  { kind: 'html', sees: 200, machines: 0 },
  { kind: 'truncate', sees: 200, machines: 1 },
])('fault $kind: the client sees $sees, and there are $machines machines', async (row) => {
  await using team = await startTeam();
  team.simulator.fault({ method: 'post', path: '/machines', kind: row.kind });
  expect(await create(team)).toBe(row.sees);
  expect(team.world.machines.size).toBe(row.machines);
  expect(team.simulator.requests.map(({ status }) => status)).toEqual([
    row.sees === 'cut' ? 0 : row.sees,
  ]);
  expect(await create(team)).toBe(200);
});

test.each([
  { kind: 'hang', machines: 0 },
  { kind: 'hang-after', machines: 1 },
] as const)(
  'fault $kind: no answer, $machines machines, and closing does not wait',
  async (row) => {
    const simulator = await startSimulator();
    simulator.fault({ kind: row.kind });
    const arrived = new Promise<void>((resolve) => simulator.onExchange(() => resolve()));
    const answer = fetch(`${simulator.url}/machines`, {
      method: 'POST',
      headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
      body: JSON.stringify(newMachine),
    }).then(
      () => 'answered',
      () => 'cut',
    );
    await arrived;
    expect(simulator.world.machines.size).toBe(row.machines);
    await simulator[Symbol.asyncDispose]();
    expect(await answer).toBe('cut');
  },
);

test('the bodies of faults are those of an API, a proxy, and a broken connection', async () => {
  await using team = await startTeam();
  const get = async (kind: Fault['kind']) => {
    team.simulator.fault({ kind });
    const { body, headers } = await team.send('GET', '/machines');
    return [body, headers.get('content-type'), headers.get('retry-after')];
  };
  const json = 'application/json; charset=utf-8';
  const html = 'text/html; charset=utf-8';
  expect(await get({ status: 429, retryAfter: 7 })).toEqual([
    { code: 'TOO_MANY_REQUESTS', message: 'Fault 429' },
    json,
    '7',
  ]);
  expect(await get({ status: 502, body: '<h1>Bad gateway' })).toEqual([
    '<h1>Bad gateway',
    html,
    null,
  ]);
  expect(await get('null-body')).toEqual([null, json, null]);
  expect(await get('html')).toEqual([expect.stringContaining('<!doctype html>'), html, null]);
  expect(await get('truncate')).toEqual(['{"hasMore":false,"next', json, null]);
});

test.each<{ because: string; fault: Omit<Fault, 'kind'>; met: string }>([
  { because: 'all requests, once', fault: {}, met: 'x.....' },
  { because: 'three times', fault: { times: 3 }, met: 'xxx...' },
  { because: 'for ever', fault: { times: Infinity }, met: 'xxxxxx' },
  { because: 'after two', fault: { after: 2 }, met: '..x...' },
  { because: 'by method', fault: { method: 'PUT', times: 9 }, met: '.....x' },
  { because: 'by prefix', fault: { path: '/machines', times: 9 }, met: 'x.xx.x' },
  {
    because: 'by glob: a star matches a segment',
    fault: { path: '/*/m1', times: 9 },
    met: '..x..x',
  },
  {
    because: 'by glob: two stars match any path',
    fault: { path: '**/start', times: 9 },
    met: '...x..',
  },
  { because: 'by glob: dots are literal', fault: { path: '/mach.nes*', times: 9 }, met: '......' },
  { because: 'by pattern', fault: { path: /^\/[ao]/, times: 9 }, met: '.x..x.' },
  { because: 'both', fault: { method: 'GET', path: '/machines', after: 1 }, met: '..x...' },
])('faults affect requests: $because', async ({ fault, met }) => {
  await using team = await startTeam();
  team.simulator.fault({ ...fault, kind: { status: 599 } });
  let seen = '';
  for (const request of [
    'GET /v1/machines?limit=5',
    'GET /auth/session',
    'GET /machines/m1',
    'PATCH /machines/m1/start',
    'GET /os-templates',
    'PUT /machines/m1',
  ]) {
    const [method = '', path = ''] = request.split(' ');
    seen += (await team.send(method, path)).status === 599 ? 'x' : '.';
  }
  expect(seen).toBe(met);
});

test('of several faults the first applies first, and all can be cleared', async () => {
  await using team = await startTeam();
  const statuses: number[] = [];
  const get = async () => statuses.push((await team.send('GET', '/machines')).status);
  team.simulator.fault({ kind: { status: 500 } });
  team.simulator.fault({ kind: { status: 503 }, times: 2 });
  for (let index = 0; index < 2; index += 1) await get();
  team.simulator.clearFaults();
  await get();
  expect(statuses).toEqual([500, 503, 200]);
});

test('a lagging list does not show a new item; a get does', async () => {
  await using team = await startTeam();
  await team.machine({ name: 'old' });
  const { data } = await team.ok('POST', '/machines', { ...newMachine, name: 'new' });
  team.simulator.fault({ path: '/machines', kind: { listLag: 5000 }, times: Infinity });
  const names = async () =>
    (await team.ok('GET', '/machines')).items.map(({ name }: { name: string }) => name);
  expect(await names()).toEqual(['old']);
  await team.ok('GET', `/machines/${data.id}`);
  team.wait(4999);
  expect(await names()).toEqual(['old']);
  team.wait(1);
  expect(await names()).toEqual(['new', 'old']);
});

const broken = { path: '/machines', times: 1 } as const;

test.each([
  { because: 'a failed create leaves nothing', verb: undefined, left: 404 },
  { because: 'a failed start leaves it off', verb: 'start', left: 'off' },
  { because: 'a failed stop leaves it on', verb: 'stop', left: 'ready' },
  { because: 'a failed restart leaves it on', verb: 'restart', left: 'ready' },
])('a job that ends with an error is undone: $because', async ({ verb, left }) => {
  await using team = await startTeam();
  const machine = verb && (await team.machine({ startOnCreate: verb !== 'start' }));
  team.simulator.fault({ ...broken, kind: { eventError: 'out of luck' } });
  const { event, data } = verb
    ? await team.ok('PATCH', `/machines/${machine.id}/${verb}`)
    : await team.ok('POST', '/machines', newMachine);
  team.wait(60_000);
  expect(await team.ok('GET', `/machine-events/${event.id}`)).toMatchObject({
    state: 'error',
    error: 'out of luck',
    dtFinished: expect.any(String),
  });
  const { status, body } = await team.send('GET', `/machines/${data.id}`);
  expect(status === 200 ? body.state : status).toBe(left);
});

test('other jobs that end with an error are also undone', async () => {
  await using team = await startTeam({ capacity: { 'C6@ny2': 1 } });
  const { id: machineId } = await team.machine({ startOnCreate: false });
  const fail = async (method: string, path: string, body?: object) => {
    team.simulator.fault({ kind: { eventError: 'out of luck' } });
    const answer = await team.ok(method, path, body);
    team.wait(60_000);
    await team.ok('GET', '/machines');
    return answer.data;
  };
  await fail('PUT', `/machines/${machineId}`, { machineType: 'C6' });
  expect(await team.ok('GET', `/machines/${machineId}`)).toMatchObject({
    machineType: 'C5',
    state: 'off',
  });
  expect(team.world.capacity.get('C6@ny2')).toBe(1);
  await fail('POST', '/custom-templates', { name: 't', machineId });
  expect(team.world.customTemplates.size).toBe(0);
  await fail('POST', '/snapshots', { name: 's', machineId });
  expect(team.world.snapshots.size).toBe(0);
  await fail('DELETE', `/machines/${machineId}`);
  expect(await team.ok('GET', `/machines/${machineId}`)).toMatchObject({ state: 'off' });
});

test('an error without a text is not always a failure: the job has taken effect', async () => {
  await using team = await startTeam();
  team.simulator.fault({ ...broken, kind: { eventError: null } });
  const { event, data } = await team.ok('POST', '/machines', newMachine);
  team.wait(60_000);
  expect(await team.ok('GET', `/machine-events/${event.id}`)).toMatchObject({
    state: 'error',
    error: null,
  });
  expect(await team.ok('GET', `/machines/${data.id}`)).toMatchObject({ state: 'ready' });
});

test('a job fault waits for a request that starts a job', async () => {
  await using team = await startTeam();
  team.simulator.fault({ kind: { eventError: 'x' } });
  await team.ok('GET', '/machines');
  await team.ok('POST', '/projects', { name: 'p' });
  await team.ok('POST', '/machines', newMachine);
  team.wait(60_000);
  await team.ok('GET', '/machines');
  expect([...team.world.events].map(({ state }) => state)).toEqual(['error']);
});

test('a deployment can fail', async () => {
  await using team = await startTeam();
  const { id: projectId } = await team.ok('POST', '/projects', { name: 'p' });
  team.simulator.fault({ path: '/deployments', kind: { eventError: 'no such image' } });
  const resources = { machineType: 'C5', ports: [80] };
  const config = { apiVersion: 'v1', name: 'web', image: 'x', resources };
  const { deploymentId } = await team.ok('POST', '/deployments', { projectId, config });
  team.wait(60_000);
  const { latestSpec } = await team.ok('GET', `/deployments/${deploymentId}`);
  expect(latestSpec).toMatchObject({ error: 'no such image', dtHealthy: null });
});

test('a deployment can be applied and never healthy: its instances show why', async () => {
  await using team = await startTeam();
  const { id: projectId } = await team.ok('POST', '/projects', { name: 'p' });
  team.simulator.fault({ path: '/deployments', kind: { instanceError: 'exit code 1' } });
  const resources = { machineType: 'C5', ports: [80] };
  const config = { apiVersion: 'v1', name: 'web', image: 'x', resources };
  const { deploymentId } = await team.ok('POST', '/deployments', { projectId, config });
  const states = async () => {
    const [run] = await team.ok('GET', `/deployments/${deploymentId}/runs`);
    return run.instances.map(({ state, stateMessage }: Record<string, unknown>) => [
      state,
      stateMessage,
    ]);
  };
  expect(await states()).toEqual([['pending', null]]);
  team.wait(60_000);
  const { latestSpec } = await team.ok('GET', `/deployments/${deploymentId}`);
  expect(latestSpec).toMatchObject({ error: null, dtHealthy: null });
  expect(latestSpec.externalApplied).not.toBeNull();
  expect(await states()).toEqual([['errored', 'exit code 1']]);
});

test.each([
  { retryAfter: undefined, header: '1' },
  { retryAfter: 'date', header: new Date(start + 1000).toUTCString() },
  { retryAfter: 'none', header: null },
] as const)('over the rate limit: 429, Retry-After $retryAfter', async ({ retryAfter, header }) => {
  const rateLimit = { perSecond: 2, burst: 3, ...(retryAfter && { retryAfter }) };
  await using team = await startTeam({ rateLimit });
  const get = async () => (await team.send('GET', '/machines')).status;
  expect([await get(), await get(), await get()]).toEqual([200, 200, 200]);
  const refused = await team.send('GET', '/machines');
  expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
  expect(refused.headers.get('retry-after')).toBe(header);
  team.wait(499);
  expect(await get()).toBe(429);
  team.wait(1);
  expect([await get(), await get()]).toEqual([200, 429]);
  team.wait(60_000);
  expect([await get(), await get(), await get(), await get()]).toEqual([200, 200, 200, 429]);
});

test('answers are delayed by the latency', async () => {
  await using team = await startTeam({ latency: { min: 30, max: 40 } });
  const before = performance.now();
  await team.ok('GET', '/machines');
  expect(performance.now() - before).toBeGreaterThan(29);
});

test('requests are recorded, unless switched off for benchmarks', async () => {
  await using team = await startTeam();
  await team.send('POST', '/v1/projects?x=1', { name: 'p' });
  expect(team.simulator.requests).toEqual([
    { method: 'POST', path: '/projects', query: { x: '1' }, body: { name: 'p' }, status: 400 },
  ]);
  await using silent = await startTeam({ record: false });
  await silent.ok('GET', '/machines');
  expect(silent.simulator.requests).toEqual([]);
});

test.each<[string, Fault]>([
  [
    'POST /machines reset-after times=1',
    { method: 'POST', path: '/machines', kind: 'reset-after', times: 1 },
  ],
  ['hang', { kind: 'hang' }],
  ['get 503', { method: 'GET', kind: { status: 503 } }],
  [
    '/machines/* 429 retry-after=2',
    { path: '/machines/*', kind: { status: 429, retryAfter: '2' } },
  ],
  ['GET list-lag=5000 times=always', { method: 'GET', kind: { listLag: 5000 }, times: Infinity }],
  ['reset-before after=2 times=3', { kind: 'reset-before', after: 2, times: 3 }],
  ['/machines event-error', { path: '/machines', kind: { eventError: null } }],
  [
    '/deployments instance-error=exit code 1',
    { path: '/deployments', kind: { instanceError: 'exit code 1' } },
  ],
  ['event-error=out of luck', { kind: { eventError: 'out of luck' } }],
  [
    '502 times=2 body=<h1>Bad gateway',
    { kind: { status: 502, body: '<h1>Bad gateway' }, times: 2 },
  ],
])('the fault "%s" is understood', (text, fault) => {
  expect(parseFault(text)).toEqual(fault);
});

test.each([
  ['', 'it has no kind'],
  ['POST /machines', 'it has no kind'],
  ['explode', '"explode" is not a kind'],
  ['POST /machines 999', '"999" is not a kind'],
  ['list-lag', '"list-lag" is not a kind'],
  ['instance-error', '"instance-error" is not a kind'],
  ['hang times=often', 'times=often is not a whole number'],
  ['hang now', '"now" is not understood'],
  ['hang retries=3', '"retries=3" is not understood'],
])('the fault "%s" is refused: %s', (text, says) => {
  expect(() => parseFault(text)).toThrow(
    `cannot read the fault "${text}": ${says}; expected [METHOD]`,
  );
});
