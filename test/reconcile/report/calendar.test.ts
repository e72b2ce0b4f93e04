import { expect, test } from 'vitest';
import { loadCatalog } from '../../../src/kinds/lib/catalog.ts';
import { defaultLifecycle, type Desired } from '../../../src/model/resource.ts';
import { everything } from '../../../src/model/pass/suspension.ts';
import { calendarOf, type CalendarInput } from '../../../src/reconcile/report/calendar.ts';

const catalog = await loadCatalog();

const machine = (name: string, state: unknown): Desired => ({
  address: `machines/${name}`,
  kind: 'machines',
  name,
  spec: { state },
  lifecycle: defaultLifecycle,
  source: { file: 'team.yaml', line: 1, column: 1 },
});

/** A Saturday. */
const from = new Date('2026-11-21T10:00:00Z');

const calendar = (over: Partial<CalendarInput>): readonly string[] =>
  calendarOf({
    catalog,
    resources: [],
    suspended: new Map(),
    wakes: new Map(),
    settings: { windows: [], timezone: 'UTC' },
    from,
    until: new Date('2026-11-24T10:00:00Z'),
    ...over,
  }).map(({ at, event, resources }) => [at.slice(5, 16), event, ...resources].join(' '));

const office = { running: 'Mon-Fri 08:00-19:00' };

test('machines with the same timetable turn together, in its zone', () => {
  const resources = [
    machine('a', office),
    machine('b', 'running'),
    machine('c', office),
    machine('d', { ...office, timezone: 'Europe/Berlin' }),
  ];
  expect(calendar({ resources })).toEqual([
    '11-23T07:00 start machines/d',
    '11-23T08:00 start machines/a machines/c',
    '11-23T18:00 stop machines/d',
    '11-23T19:00 stop machines/a machines/c',
    '11-24T07:00 start machines/d',
    '11-24T08:00 start machines/a machines/c',
  ]);
});

test('a timetable with exceptions turns at the next day that is not excepted', () => {
  const resources = [machine('a', { ...office, except: ['2026-11-22/2026-11-23'] })];
  expect(calendar({ resources })).toEqual(['11-24T08:00 start machines/a']);
});

test('a window that is open already closes', () => {
  const windows = [{ cron: '0 9 * * *', duration: 2 * 3_600_000 }];
  expect(calendar({ settings: { windows, timezone: 'UTC' } })).toEqual([
    '11-21T11:00 windowCloses',
    '11-22T09:00 windowOpens',
    '11-22T11:00 windowCloses',
    '11-23T09:00 windowOpens',
    '11-23T11:00 windowCloses',
    '11-24T09:00 windowOpens',
  ]);
});

test('suspensions end, of one resource and of all; those without an end, or after the last day, do not appear', () => {
  const suspension = (until: string | null) => ({
    at: '2026-11-20T10:00:00.000Z',
    by: null,
    reason: null,
    until,
  });
  const suspended = new Map([
    [everything, suspension('2026-11-22T10:00:00.000Z')],
    ['machines/a', suspension('2026-11-21T12:00:00.000Z')],
    ['machines/b', suspension(null)],
    ['machines/c', suspension('2026-12-01T00:00:00.000Z')],
  ] as const);
  expect(calendar({ suspended })).toEqual([
    '11-21T12:00 suspensionEnds machines/a',
    '11-22T10:00 suspensionEnds',
  ]);
});

test('a wake ends, and the timetable of its machine applies from then on', () => {
  const wake = { at: '2026-11-21T09:00:00.000Z', by: 'ada', until: '2026-11-23T12:00:00.000Z' };
  const late = { ...wake, until: '2026-11-30T12:00:00.000Z' };
  const wakes = new Map([
    ['machines/a', wake],
    ['machines/c', late],
  ] as const);
  const resources = ['a', 'b', 'c'].map((name) => machine(name, office));
  expect(calendar({ resources, wakes })).toEqual([
    '11-23T08:00 start machines/b',
    '11-23T12:00 wakeEnds machines/a',
    '11-23T19:00 stop machines/a',
    '11-23T19:00 stop machines/b',
    '11-24T08:00 start machines/a',
    '11-24T08:00 start machines/b',
  ]);
});

test('resources that expire at the same time are one entry; what has expired, or will later, is none', () => {
  const expiring = (name: string, expires: string): Desired => ({
    ...machine(name, 'running'),
    lifecycle: { ...defaultLifecycle, expires },
  });
  const resources = [
    expiring('a', '2026-11-22T18:00+01:00'),
    expiring('b', '2026-11-22T17:00Z'),
    expiring('c', '2026-11-21T10:00Z'),
    expiring('d', '2026-11-24T10:00Z'),
  ];
  expect(calendar({ resources })).toEqual(['11-22T17:00 expires machines/a machines/b']);
});

test('a timetable that turns all the time has an end', () => {
  const running = Array.from({ length: 200 }, (_, index) => {
    const time = (minute: number): string =>
      `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    return `${time(2 * index)}-${time(2 * index + 1)}`;
  }).join(', ');
  expect(calendar({ resources: [machine('a', { running })] })).toHaveLength(100);
});
