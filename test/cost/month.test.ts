import { expect, test } from 'vitest';
import { costReport } from '../../src/cost/costReport.ts';
import { monthOf } from '../../src/model/money/ledger.ts';
import type { Desired, Lifecycle } from '../../src/model/resource.ts';
import { enforce } from '../../src/reconcile/enforcePass.ts';
import { prepare } from '../../src/reconcile/preparePass.ts';
import { findMachineType, storageRate } from '../../src/simulator/world/catalog.ts';
import { bench, policy, type Bench } from '../support/passes.ts';
import { catalog, live, want } from '../support/team.ts';

const hourMs = 3_600_000;
const office = { running: 'Mon-Fri 08:00-19:00' };

/** Two machines that run all the time end in the middle of the month. */
const expiries = new Map<number, Partial<Lifecycle>>([
  [1, { expires: '2026-11-10T08:00Z', onExpiry: 'off' }],
  [4, { expires: '2026-11-20T08:00Z', onExpiry: 'delete' }],
]);

/** Fifty machines of two owners: some follow a timetable, some run, some are off. */
const machines = (typeOf: (index: number) => string): readonly Desired[] =>
  Array.from({ length: 50 }, (_, index) => ({
    ...want(
      'machines',
      `m-${index}`,
      {
        machineType: typeOf(index),
        template: live('osTemplates', 'Ubuntu 22.04'),
        region: 'ny2',
        diskSize: index % 2 === 0 ? 50 : 100,
        state: [office, 'running', 'off'][index % 3],
      },
      { allowStop: true, ...expiries.get(index) },
    ),
    labels: { owner: index < 20 ? 'ml' : 'web' },
  }));

/** What the team of the simulator costs in USD/h, computed from its own tables. */
const rateOf = ({ simulator }: Bench): number =>
  [...simulator.world.machines].reduce((sum, { machineType, state, diskSize }) => {
    const usage = state === 'ready' ? (findMachineType(machineType)?.usageRate ?? NaN) : 0;
    return sum + usage + storageRate(diskSize);
  }, 0);

/** Runs a pass, and records it as a daemon does. Returns the time of its end. */
async function pass({ workspace, store }: Bench, resources: readonly Desired[]): Promise<number> {
  const state = { resources, absent: [], revision: 'r' };
  const prepared = await prepare(workspace, state, policy, 'schedule');
  const signal = new AbortController().signal;
  const report = await enforce(workspace, policy, prepared, {
    wait: true,
    stop: signal,
    stopWaiting: signal,
  });
  await store.recordPass(report, 10, { rates: prepared.costs.rates });
  return Date.parse(report.finishedAt);
}

test('a month of fifty machines with timetables, resizes, and expiries costs what their rates add up to', async () => {
  await using it = await bench({ start: new Date('2026-11-01T00:00:00Z') });
  const end = Date.parse('2026-12-01T00:00:00Z');
  let expected = 0;
  let last: number | undefined;
  for (let at = Date.parse('2026-11-01T00:00:00Z'); at < end; at += hourMs) {
    const hour = new Date(at).getUTCHours();
    const isEdge = hour === 8 || hour === 19 || hour === 0;
    if (!isEdge) continue;
    const now = it.clock.now().getTime();
    if (at > now) it.clock.advance(at - now);
    const isLater = at >= Date.parse('2026-11-15T00:00:00Z');
    const resources = machines((index) => (isLater && index % 5 === 0 ? 'C7' : 'C5'));
    const rate = rateOf(it);
    const ended = await pass(it, resources);
    if (last !== undefined) expected += (rate * (ended - last)) / hourMs;
    last = ended;
  }
  const { rows } = await it.store.costs('2026-11-01T00:00:00Z');
  const total = rows.reduce((sum, { usd }) => sum + usd, 0);
  expect(total.toFixed(2)).toBe(expected.toFixed(2));
  expect(total).toBeGreaterThan(1000);
  const states = new Map([...it.simulator.world.machines].map(({ name, state }) => [name, state]));
  expect([states.get('m-1'), states.get('m-4'), states.size]).toEqual(['off', undefined, 49]);
  expect(new Set(rows.map(({ type }) => type))).toEqual(new Set(['C5', 'C7']));
  expect(rows.every(({ unknownHours }) => unknownHours === 0)).toBe(true);

  const now = it.clock.now();
  const report = await costReport(it.store, undefined, {
    kinds: catalog.kinds,
    by: 'owner',
    since: monthOf(now),
    now,
  });
  const [web, ml] = report.items;
  expect([web?.key, ml?.key]).toEqual(['web', 'ml']);
  // Each is rounded to the cent.
  expect(Math.abs((web?.usd ?? 0) + (ml?.usd ?? 0) - total)).toBeLessThan(0.011);
  expect(report.month.spent.toFixed(2)).toBe(total.toFixed(2));
});

test('the forecast of a month is what it then costs', async () => {
  await using it = await bench({ start: new Date('2026-11-02T00:00:00Z') });
  const resources = machines(() => 'C5');
  await pass(it, resources);
  const prepared = await prepare(
    it.workspace,
    { resources, absent: [], revision: 'r' },
    policy,
    'cli',
  );
  const now = it.clock.now();
  const { month } = await costReport(
    it.store,
    { ...prepared, memory: await it.store.memory(now) },
    { kinds: catalog.kinds, by: 'kind', since: now, now },
  );
  const rate = (index: number, running: number, hours: number): number =>
    running * (findMachineType('C5')?.usageRate ?? NaN) +
    hours * storageRate(index % 2 === 0 ? 50 : 100);
  const hours = (Date.parse('2026-12-01T00:00:00Z') - now.getTime()) / hourMs;
  // From Monday the 2nd to Monday the 30th: 21 days of eleven hours.
  const expected = Array.from({ length: 50 }, (_, index) =>
    rate(index, [21 * 11, hours, 0][index % 3] ?? 0, hours),
  ).reduce((sum, usd) => sum + usd, 0);
  expect(month.forecast.toFixed(2)).toBe(expected.toFixed(2));
  expect(month.known).toBe(true);
});
