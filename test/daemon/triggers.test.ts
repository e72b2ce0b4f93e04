import { expect, test } from 'vitest';
import { outcomesOf } from '../support/passes.ts';
import { loopDaemon } from '../support/loopDaemon.ts';
import { machine, network } from '../support/machines.ts';
import { declared, now as start, want } from '../support/team.ts';

const running = (name: string, over: object = {}) =>
  machine(name, { state: 'running', ...over }, { allowStop: true });
const events = '/machine-events';

/** A daemon whose team is in sync, and whose first page of events was read. */
async function atRest(options: Parameters<typeof loopDaemon>[0]) {
  const it = await loopDaemon(options);
  await it.pass();
  await it.tick();
  return it;
}

test('over a team in sync, ten ticks are ten requests and no pass', async () => {
  await using it = await loopDaemon({ team: [running('a'), running('b')] });
  await it.pass();
  expect(it.triggers()).toEqual(['request', 'request']);
  const before = it.requests();
  for (let tick = 0; tick < 10; tick += 1) await it.tick();
  expect(it.requests()).toEqual({ ...before, [events]: (before[events] ?? 0) + 10 });
  expect(it.triggers()).toHaveLength(2);
});

test('a machine that somebody stops is started again one tick later', async () => {
  await using it = await atRest({ team: [running('a'), running('b')] });
  await it.meddle('a', 'stop');
  await it.tick();
  expect(it.triggers().slice(2)).toEqual(['event', 'event']);
  expect(it.reports[2] && outcomesOf(it.reports[2])).toEqual(['machines/a:start done']);
  for (let tick = 0; tick < 10; tick += 1) await it.tick();
  expect(it.triggers()).toHaveLength(4);
  expect(it.lines).toEqual([expect.stringMatching(/^info somebody else .*"verb":"stop"/)]);
});

test('a stop that takes longer than a tick is met when it ends', async () => {
  await using it = await atRest({
    team: [running('a')],
    simulator: { durations: { stop: 40_000 } },
  });
  await it.meddle('a', 'stop');
  for (let tick = 0; tick < 8; tick += 1) await it.tick();
  expect(it.triggers().slice(2)).toEqual(['event', 'event', 'event']);
  expect(it.reports.slice(2).map(outcomesOf)).toEqual([[], ['machines/a:start done'], []]);
});

test('a create, a change that needs a stop, and jobs that end later request no further pass', async () => {
  await using it = await atRest({ team: [running('a')] });
  const passes = async (): Promise<number> => {
    const before = it.reports.length;
    for (let tick = 0; tick < 10; tick += 1) await it.tick();
    return it.reports.length - before;
  };
  it.declare(running('a'), running('b'));
  await it.pass();
  expect(it.reports.slice(2).map(outcomesOf)).toEqual([['machines/b:create done'], []]);
  expect(await passes()).toBe(0);
  it.declare(running('a', { diskSize: 100 }), running('b'));
  await it.pass();
  expect(it.reports.slice(4).map(outcomesOf)).toEqual([
    ['machines/a:stop done', 'machines/a:update done', 'machines/a:start done'],
    [],
  ]);
  expect(await passes()).toBe(0);
  it.declare(running('a', { diskSize: 100 }));
  await it.pass();
  expect(await passes()).toBe(0);
});

test('a job that is still running when its pass stops waiting is no news when it ends', async () => {
  await using it = await atRest({
    team: [running('a')],
    simulator: { durations: { create: 100_000 } },
  });
  it.declare(running('a'), running('b'));
  it.simulator.onExchange(({ operationId }) => {
    if (operationId === 'machines-create') it.loop.request('request');
  });
  await it.pass();
  expect(it.reports.slice(2).map(outcomesOf)).toEqual([['machines/b:create pending'], []]);
  for (let tick = 0; tick < 20; tick += 1) await it.tick();
  expect(it.reports).toHaveLength(4);
  const [newest] = [...it.simulator.world.events].toReversed();
  expect(newest).toMatchObject({ name: 'create', state: 'done' });
});

test('a stop by somebody right after Holdfast wrote to another machine is seen', async () => {
  await using it = await atRest({ team: [running('a')] });
  it.declare(running('a'), running('b'));
  await it.pass();
  await it.meddle('a', 'stop');
  await it.tick();
  expect(it.triggers().slice(4)).toEqual(['event', 'event']);
  expect(it.reports[4] && outcomesOf(it.reports[4])).toEqual(['machines/a:start done']);
});

test.each([-3_600_000, 3_600_000])('the clock of the API may differ by %d ms', async (skew) => {
  let now = (): number => start.getTime();
  await using it = await loopDaemon({
    team: [running('a'), running('b')],
    simulator: { now: () => now() + skew },
  });
  now = () => it.clock.now().getTime();
  await it.pass();
  await it.tick();
  const { length } = it.reports;
  await it.meddle('b', 'stop');
  await it.tick();
  expect(it.triggers()[length]).toBe('event');
  const { length: after } = it.reports;
  for (let tick = 0; tick < 5; tick += 1) await it.tick();
  expect(it.reports).toHaveLength(after);
});

test('more new events than a page holds request a pass, by one request', async () => {
  await using it = await atRest({ team: [running('a'), running('b')] });
  for (let times = 0; times < 61; times += 1)
    for (const verb of ['stop', 'start'] as const) {
      await it.meddle('b', verb);
      it.clock.advance(5000);
    }
  const before = it.requests()[events] ?? 0;
  await it.tick();
  expect((it.requests()[events] ?? 0) - before).toBe(1);
  expect(it.triggers().slice(2)).toEqual(['event']);
  await it.tick();
  expect(it.triggers()).toHaveLength(3);
});

test.each([400, 403, 404])('refused with %d, it says so once, and stays off', async (status) => {
  await using it = await loopDaemon({ team: [running('a')] });
  await it.pass();
  it.simulator.fault({ path: events, kind: { status } });
  const before = it.requests()[events] ?? 0;
  it.advance(15_000);
  await expect.poll(() => it.lines).toHaveLength(1);
  for (let tick = 0; tick < 5; tick += 1) it.advance(15_000);
  await it.pass();
  expect((it.requests()[events] ?? 0) - before).toBe(1);
  expect(it.lines).toEqual([expect.stringMatching(/^warn machine events are off: .*GET/)]);
  it.set({ HOLDFAST_EVENTS: '10s' });
  await it.pass();
  await it.tick();
  expect((it.requests()[events] ?? 0) - before).toBe(2);
});

test('an answer of another form switches it off', async () => {
  await using it = await loopDaemon({ team: [running('a')] });
  await it.pass();
  it.simulator.fault({ path: events, kind: 'null-body' });
  it.advance(15_000);
  await expect
    .poll(() => it.lines)
    .toEqual([expect.stringMatching(/^warn machine events are off/)]);
});

test.each([{ status: 429 }, { status: 503 }, { status: 401 }, 'reset-before' as const])(
  'a failure that may pass (%o) is logged once, costs one request a tick, and loses nothing',
  async (kind) => {
    await using it = await atRest({ team: [running('a')] });
    const before = it.requests()[events] ?? 0;
    it.simulator.fault({ path: events, times: 3, kind });
    await it.tick();
    await it.meddle('a', 'stop');
    await it.tick();
    await it.tick();
    expect((it.requests()[events] ?? 0) - before).toBe(3);
    expect(it.triggers()).toHaveLength(2);
    expect(it.lines).toEqual([expect.stringMatching(/^warn machine events cannot be read/)]);
    await it.tick();
    expect(it.lines.slice(1)).toEqual([
      'info machine events can be read again {}',
      expect.stringMatching(/^info somebody else changed a machine/),
    ]);
    expect(it.triggers().slice(2)).toEqual(['event', 'event']);
  },
);

test('nothing is read before the first pass, without machines in use, or if the setting is null', async () => {
  await using early = await loopDaemon({ team: [running('a')] });
  await early.tick();
  await using other = await loopDaemon({ team: [network('n')] });
  await other.pass();
  await other.tick();
  await using off = await loopDaemon({ team: [running('a')], env: { HOLDFAST_EVENTS: 'null' } });
  await off.pass();
  const before = off.requests()[events];
  off.advance(60_000);
  await off.pass();
  expect([early.requests(), other.requests()[events], off.requests()[events]]).toEqual([
    {},
    undefined,
    before,
  ]);
});

test('nothing is read while a pass runs, and a page that was read across its start is dropped', async () => {
  await using it = await atRest({ team: [running('a')] });
  await it.meddle('a', 'stop');
  const arrived = Promise.withResolvers<void>();
  it.simulator.onExchange(({ operationId }) => {
    if (operationId !== 'machineEvents-list') return;
    it.loop.request('request');
    arrived.resolve();
  });
  const before = it.requests()[events] ?? 0;
  const tick = it.tick();
  await arrived.promise;
  await tick;
  expect(it.triggers().slice(2, 4)).toEqual(['request', 'request']);
  expect(it.triggers()).not.toContain('event');
  expect(it.requests()[events] ?? 0).toBeGreaterThan(before);
});

test('a template is made of a machine, whose events are then Holdfast’s own', async () => {
  const team = [machine('a', { state: 'off' }, { allowStop: true })];
  await using it = await atRest({ team });
  it.declare(...team, want('customTemplates', 't', { machine: declared('machines', 'a') }));
  await it.pass();
  const { length } = it.reports;
  expect(it.reports.map(outcomesOf)).toContainEqual(['customTemplates/t:create done']);
  for (let tick = 0; tick < 5; tick += 1) await it.tick();
  expect(it.reports).toHaveLength(length);
});
