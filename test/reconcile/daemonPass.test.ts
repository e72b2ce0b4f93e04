import { describe, expect, test } from 'vitest';
import { resolveSettings } from '../../src/desired/settings/resolveSettings.ts';
import { auditEntry } from '../../src/model/audit.ts';
import type { Report } from '../../src/model/pass/report.ts';
import { startLoop } from '../../src/reconcile/loop.ts';
import { createDaemonPass } from '../../src/reconcile/daemonPass.ts';
import { bench, openOf, outcomesOf, type Bench } from '../support/passes.ts';
import { declared, live, want, sentAt } from '../support/team.ts';

const resolved = resolveSettings(undefined, { HOLDFAST_MODE: 'enforce' }, {});
if (!resolved.ok) throw new Error('the settings are not valid');
const { settings } = resolved;

const day = 24 * 60 * 60_000;
const config = { apiVersion: 'v1', image: 'a:1', resources: { machineType: 'C5', ports: [80] } };
const resources = [
  want('projects', 'web', {}),
  want('deployments', 'api', { project: declared('projects', 'web'), config }),
];

/** The first reports of a daemon in which the schedule asks for a pass as soon as one has begun. */
async function reportsOf({ workspace }: Bench, count: number): Promise<readonly Report[]> {
  const reports: Report[] = [];
  const enough = Promise.withResolvers<void>();
  const round = createDaemonPass({
    workspace,
    config: () => Promise.resolve({ state: { resources, absent: [], revision: 'r' }, settings }),
    request: (trigger) => loop.request(trigger),
    scheduleAt: () => undefined,
    onEnded: ({ report }) => {
      reports.push(report);
      if (reports.length === count) enough.resolve();
      return Promise.resolve();
    },
  });
  await using loop = startLoop((trigger, signals) => {
    loop.request('schedule');
    return round(trigger, signals);
  });
  loop.request('start');
  await Promise.race([enough.promise, loop.finished]);
  return reports.slice(0, count);
}

/** A machine that follows a timetable. */
const timed = want('machines', 'm', {
  machineType: 'C5',
  template: live('osTemplates', 'Ubuntu 22.04'),
  region: 'ny2',
  diskSize: 50,
  state: { running: 'Mon-Fri 08:00-19:00' },
});

test('what never comes to rest keeps the passes of the daemon waiting for half an hour, and then is pending', async () => {
  await using it = await bench({ simulator: { durations: { deployment: day } } });
  const [first, second] = await reportsOf(it, 2);
  expect(first && outcomesOf(first)).toEqual([
    'projects/web:create done',
    'deployments/api:create pending',
  ]);
  const waited = Date.parse(first?.finishedAt ?? '') - Date.parse(first?.startedAt ?? '');
  expect(Math.round(waited / 60_000)).toBe(30);
  expect(second?.trigger).toBe('schedule');
  expect(second && openOf(second)).toEqual(['pending deployments/api: being applied']);
});

describe('a round', () => {
  interface Row {
    readonly mode: 'observe' | 'enforce';
    readonly stopped: boolean;
    readonly because: string;
    readonly outcomes: readonly string[];
    readonly told: readonly string[];
  }

  test.each<Row>([
    {
      mode: 'enforce',
      stopped: false,
      because: 'what it wrote is proved by one more',
      outcomes: ['projects/web:create done'],
      told: ['ended', 'one more'],
    },
    {
      mode: 'observe',
      stopped: false,
      because: 'nothing but an expiry waits for a time where nothing is done',
      outcomes: ['projects/web:create planned'],
      told: ['ended', 'no wake'],
    },
    {
      mode: 'enforce',
      stopped: true,
      because: 'what was read while being stopped is no pass',
      outcomes: [],
      told: [],
    },
  ])('in $mode, stopped $stopped: $because', async ({ mode, stopped, outcomes, told }) => {
    await using it = await bench();
    const seen: string[] = [];
    const reports: Report[] = [];
    const stop = new AbortController();
    const round = createDaemonPass({
      workspace: it.workspace,
      config: () => {
        if (stopped) stop.abort();
        const state = { resources: resources.slice(0, 1), absent: [], revision: 'r' };
        return Promise.resolve({ state, settings: { ...settings, mode } });
      },
      request: () => seen.push('one more'),
      scheduleAt: (when) => seen.push(when ? 'wake' : 'no wake'),
      onEnded: async ({ report }) => {
        seen.push('ended');
        reports.push(report);
      },
    });
    await round('start', { stop: stop.signal, stopWaiting: new AbortController().signal });
    expect(reports.flatMap(outcomesOf)).toEqual(outcomes);
    expect(seen).toEqual(told);
    expect(it.writes()).toHaveLength(mode === 'enforce' && !stopped ? 1 : 0);
    expect(await it.store.passes(9)).toHaveLength(reports.length);
  });

  test.each(['observe', 'enforce'] as const)(
    'looks again when a month of budgets begins, without a schedule, in %s',
    async (mode) => {
      await using it = await bench({ start: new Date('2026-11-20T12:00:00Z') });
      const wakes: (Date | undefined)[] = [];
      const budget = { name: 'b', match: { kinds: null, labels: {} }, monthly: 5, warn: 80 };
      const round = createDaemonPass({
        workspace: it.workspace,
        config: () =>
          Promise.resolve({
            state: { resources: [], absent: [], revision: 'r' },
            settings: { ...settings, mode, schedule: null, budgets: [{ ...budget, hold: true }] },
          }),
        request: () => undefined,
        scheduleAt: (when) => wakes.push(when),
        onEnded: () => Promise.resolve(),
      });
      const { signal } = new AbortController();
      await round('start', { stop: signal, stopWaiting: signal });
      expect(wakes).toEqual([new Date('2026-12-01T00:00:00Z')]);
    },
  );

  test('looks again when a timetable turns, without a schedule', async () => {
    await using it = await bench({ start: new Date('2026-11-20T12:00:00Z') });
    const wakes: (Date | undefined)[] = [];
    const state = { resources: [timed], absent: [], revision: 'r' };
    const round = createDaemonPass({
      workspace: it.workspace,
      config: () => Promise.resolve({ state, settings: { ...settings, schedule: null } }),
      request: () => undefined,
      scheduleAt: (when) => wakes.push(when),
      onEnded: () => Promise.resolve(),
    });
    const { signal } = new AbortController();
    const signals = { stop: signal, stopWaiting: signal };
    await round('start', signals);
    await round('start', signals);
    expect(wakes).toEqual([new Date('2026-11-20T19:00:00Z')]);
    it.clock.advance(7 * 3_600_000);
    await round('schedule', signals);
    expect(it.writes().at(-1)).toMatch(/^PATCH .*stop$/);
  });

  test('starts a machine that is woken, and stops it when the wake ends', async () => {
    await using it = await bench({ start: new Date('2026-11-20T21:00:00Z') });
    const wakes: (Date | undefined)[] = [];
    const state = { resources: [timed], absent: [], revision: 'r' };
    const reports: Report[] = [];
    const round = createDaemonPass({
      workspace: it.workspace,
      config: () => Promise.resolve({ state, settings: { ...settings, schedule: null } }),
      request: () => undefined,
      scheduleAt: (when) => wakes.push(when),
      onEnded: async ({ report }) => void reports.push(report),
    });
    const { signal } = new AbortController();
    const pass = async () => {
      await round('schedule', { stop: signal, stopWaiting: signal });
      await round('schedule', { stop: signal, stopWaiting: signal });
    };
    await pass();
    const until = new Date(it.clock.now().getTime() + 4 * 3_600_000).toISOString();
    const at = it.clock.now().toISOString();
    const entry = auditEntry({ at, actor: 'ada', event: 'wake' });
    await it.store.wake('machines/m', { at, by: 'ada', until }, entry);
    await pass();
    expect(it.writes().at(-1)).toMatch(/^PATCH .*start$/);
    expect(reports.at(-1)?.resources[0]).toMatchObject({
      status: 'inSync',
      wake: { until, by: 'ada' },
    });
    expect(wakes.at(-1)).toEqual(new Date(until));
    it.clock.advance(Date.parse(until) - it.clock.now().getTime());
    await pass();
    expect(it.writes().at(-1)).toMatch(/^PATCH .*stop$/);
    expect(reports.at(-1)?.resources[0]?.wake).toBeUndefined();
    expect(wakes.at(-1)).toEqual(new Date('2026-11-23T08:00:00Z'));
  });

  test('that has written nothing says when to look again', async () => {
    await using it = await bench();
    const wakes: (Date | undefined)[] = [];
    const round = createDaemonPass({
      workspace: it.workspace,
      config: () =>
        Promise.resolve({ state: { resources: [], absent: [], revision: 'r' }, settings }),
      request: () => undefined,
      scheduleAt: (when) => wakes.push(when),
      onEnded: () => Promise.resolve(),
    });
    const { signal } = new AbortController();
    await it.store.recordIntent('projects/lost', sentAt(it.clock.now()));
    await round('start', { stop: signal, stopWaiting: signal });
    expect(wakes).toEqual([new Date(it.clock.now().getTime() + settings.visibility)]);
  });
});
