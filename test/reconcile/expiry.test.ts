import { describe, expect, test } from 'vitest';
import { resolveSettings } from '../../src/desired/settings/resolveSettings.ts';
import type { Report } from '../../src/model/pass/report.ts';
import type { Desired, Lifecycle } from '../../src/model/resource.ts';
import { createDaemonPass } from '../../src/reconcile/daemonPass.ts';
import { toText } from '../../src/report/text.ts';
import { bench, type Bench } from '../support/passes.ts';
import { machine, network } from '../support/machines.ts';

const hour = 3_600_000;
const start = new Date('2026-11-21T10:00:00Z');

/** The settings of a daemon without a schedule. */
function settingsOf(mode: 'observe' | 'enforce', deletions = '10%') {
  const resolved = resolveSettings(
    undefined,
    { HOLDFAST_MODE: mode, HOLDFAST_LIMITS_DELETIONS: deletions },
    {},
  );
  if (!resolved.ok) throw new Error('the settings are not valid');
  return { ...resolved.settings, schedule: null };
}

/** Runs a daemon for days: a pass whenever it asks for one, and besides one every `everyHours`. */
async function live(
  it: Bench,
  resources: readonly Desired[],
  { days, everyHours, settings = settingsOf('enforce') }: LiveOptions,
): Promise<readonly Report[]> {
  const reports: Report[] = [];
  const end = start.getTime() + days * 24 * hour;
  let alarm: Date | undefined;
  let isRequested = false;
  const pass = createDaemonPass({
    workspace: it.workspace,
    config: () => Promise.resolve({ state: { resources, absent: [], revision: 'r' }, settings }),
    request: () => (isRequested = true),
    scheduleAt: (when) => (alarm = when),
    onEnded: async ({ report }) => void reports.push(report),
  });
  const { signal } = new AbortController();
  for (let next = start.getTime(); next < end;) {
    it.clock.advance(Math.max(0, next - it.clock.now().getTime()));
    isRequested = false;
    await pass('schedule', { stop: signal, stopWaiting: signal });
    const now = it.clock.now().getTime();
    const scheduled = everyHours === undefined ? Infinity : now + everyHours * hour;
    next = isRequested ? now : Math.min(scheduled, alarm?.getTime() ?? Infinity);
  }
  return reports;
}

interface LiveOptions {
  readonly days: number;
  /** Default: no schedule. */
  readonly everyHours?: number;
  readonly settings?: ReturnType<typeof settingsOf>;
}

const expiring = (over: Partial<Lifecycle>) => ({ expires: '2026-11-24T18:00+01:00', ...over });

/** The writes of a bench without ids, such as `DELETE private-networks`. */
const writesOf = (it: Bench): readonly string[] =>
  it.writes().map((line) => line.replace(/^(\w+) \/([^/]+).*$/, '$1 $2'));

describe('a resource that its expiry deletes', () => {
  const resources = [network('a', {}, expiring({ onExpiry: 'delete' })), network('b')];

  test.each([{ everyHours: 1 }, { everyHours: 7 }, {}])(
    'is created once, deleted once, and stays gone ($everyHours hours between passes)',
    async (often) => {
      await using it = await bench({ start });
      const reports = await live(it, resources, { days: 7, ...often });
      expect(writesOf(it)).toEqual([
        'POST private-networks',
        'POST private-networks',
        'DELETE private-networks',
      ]);
      const deleting = reports.find(({ actions }) => actions.some(({ verb }) => verb === 'delete'));
      expect(deleting?.startedAt).toMatch(/^2026-11-24T17:00:00/);
      expect(reports.at(-1)?.resources).toMatchObject([
        {
          name: 'a',
          id: null,
          status: 'inSync',
          reason: 'expired 2026-11-24T18:00+01:00; it stays gone',
        },
        { name: 'b', status: 'inSync' },
      ]);
    },
  );

  test('is not deleted over the limits, and the report says what would be', async () => {
    await using it = await bench({ start });
    const settings = settingsOf('enforce', '0');
    const reports = await live(it, resources, { days: 7, everyHours: 12, settings });
    expect(writesOf(it)).toEqual(['POST private-networks', 'POST private-networks']);
    const last = reports.at(-1);
    expect(last?.resources[0]).toMatchObject({ status: 'blocked' });
    expect(last && toText(last)).toMatch(
      /delete {2}privateNetworks\/a[^]*over limits\.deletions: 0[^]*expired 2026-11-24T18:00\+01:00/,
    );
  });

  test('is reported in observe, by passes that run at each stage', async () => {
    await using it = await bench({ start });
    await live(it, [network('a')], { days: 1 });
    const reports = await live(it, resources, { days: 7, settings: settingsOf('observe') });
    expect(writesOf(it)).toEqual(['POST private-networks']);
    expect(
      reports.map(({ startedAt, resources: [a] }) => [startedAt.slice(5, 16), a?.expiry?.state]),
    ).toEqual([
      ['11-21T10:00', undefined],
      ['11-22T17:00', 'near'],
      ['11-24T13:00', 'imminent'],
      ['11-24T17:00', 'over'],
    ]);
    const last = reports.at(-1);
    expect(last && toText(last)).toContain('privateNetworks/a expired 2026-11-24T18:00+01:00');
  });
});

test('a machine that its expiry switches off is stopped once, and never started again', async () => {
  await using it = await bench({ start });
  const timetable = { running: '08:00-19:00' };
  const resources = [machine('m', { state: timetable }, expiring({ onExpiry: 'off' }))];
  const reports = await live(it, resources, { days: 7, everyHours: 5 });
  const powers = it.writes().flatMap((line) => /(start|stop)$/.exec(line)?.[0] ?? []);
  expect(powers).toEqual(['stop', 'start', 'stop', 'start', 'stop', 'start', 'stop']);
  const stops = reports.filter(({ actions }) => actions.some(({ verb }) => verb === 'stop'));
  expect(stops.at(-1)?.startedAt).toMatch(/^2026-11-24T17:00:00/);
  expect(reports.at(-1)?.resources[0]).toMatchObject({ status: 'inSync' });
});

test('a machine without a declared state that has expired is created off', async () => {
  await using it = await bench({ start });
  const resources = [machine('m', {}, { expires: '2026-11-20T18:00Z', onExpiry: 'off' })];
  await live(it, resources, { days: 2, everyHours: 5 });
  expect(it.writes().flatMap((line) => /(start|stop)$/.exec(line)?.[0] ?? [])).toEqual([]);
  expect([...it.simulator.world.machines].map(({ state }) => state)).toEqual(['off']);
});
