import { describe, expect, test } from 'vitest';
import {
  hourOf,
  secondsBetween,
  withPass,
  type Repair,
  type TrendHour,
  type TrendPass,
} from '../../../src/model/pass/trend.ts';
import { reportWith } from '../../support/reports.ts';

const cost = (managed: number, unmanaged: number): TrendPass['cost'] => ({
  currency: 'USD',
  unpriced: [],
  hourly: { managed, unmanaged, change: 0 },
  monthly: { change: 0 },
});

/** A complete pass of one second, with 2 open resources. */
const pass: TrendPass = { ...reportWith({ cost: cost(3, 1) }), open: 2 };

const first: TrendHour = {
  hour: '2026-11-21T10:00:00.000Z',
  passes: 1,
  open: 2,
  maxOpen: 2,
  repaired: 0,
  repairSeconds: 0,
  costManaged: 3,
  costUnmanaged: 1,
  passSeconds: 1,
  maxPassSeconds: 1,
};

const repair = (seconds: number): Repair => ({ kind: 'machines', name: 'a', seconds });

interface Row {
  readonly name: string;
  readonly because: string;
  readonly before?: TrendHour;
  readonly pass?: Partial<TrendPass>;
  readonly repairs?: readonly Repair[];
  readonly after: Partial<TrendHour>;
}

describe('an hour', () => {
  test.each<Row>([
    {
      name: 'its first pass',
      because: 'the hour takes its values',
      after: first,
    },
    {
      name: 'its first pass, incomplete',
      because: 'neither the open resources nor the cost are known',
      pass: { complete: false },
      after: { ...first, open: null, maxOpen: null, costManaged: null, costUnmanaged: null },
    },
    {
      name: 'fewer open resources',
      because: 'open is that of the last pass, and maxOpen that of all passes',
      before: first,
      pass: { open: 0, cost: cost(4, 0) },
      after: { passes: 2, open: 0, maxOpen: 2, costManaged: 4, costUnmanaged: 0 },
    },
    {
      name: 'more open resources',
      because: 'the maximum rises',
      before: first,
      pass: { open: 7 },
      after: { open: 7, maxOpen: 7 },
    },
    {
      name: 'an incomplete pass',
      because: 'it is counted, and the findings of the last complete pass stay',
      before: first,
      pass: { complete: false, open: 90, cost: cost(0, 0) },
      after: { ...first, passes: 2, passSeconds: 2 },
    },
    {
      name: 'repairs',
      because: 'they and their times add up',
      before: { ...first, repaired: 1, repairSeconds: 10 },
      repairs: [repair(5), repair(0.5)],
      after: { repaired: 3, repairSeconds: 15.5 },
    },
    {
      name: 'repairs of an incomplete pass',
      because: 'they are of kinds that it has listed',
      before: first,
      pass: { complete: false },
      repairs: [repair(5)],
      after: { repaired: 1, repairSeconds: 5 },
    },
    {
      name: 'a longer pass',
      because: 'durations add up, and the longest is kept',
      before: first,
      pass: { finishedAt: '2026-11-21T10:00:02.500Z' },
      after: { passSeconds: 3.5, maxPassSeconds: 2.5 },
    },
    {
      name: 'a shorter pass',
      because: 'the longest stays',
      before: first,
      pass: { finishedAt: '2026-11-21T10:00:00.250Z' },
      after: { passSeconds: 1.25, maxPassSeconds: 1 },
    },
    {
      name: 'a pass that began in the hour before',
      because: 'a pass belongs to the hour in which it ends',
      pass: { startedAt: '2026-11-21T09:59:00.000Z', finishedAt: '2026-11-21T10:01:00.000Z' },
      after: { hour: '2026-11-21T10:00:00.000Z', passSeconds: 120 },
    },
  ])('$name: $because', ({ before, pass: over, repairs = [], after }) => {
    expect(withPass(before, { ...pass, ...over }, repairs)).toMatchObject(after);
  });
});

test.each([
  ['2026-11-21T10:00:00.000Z', 0, '2026-11-21T10:00:00.000Z', 'its first moment belongs to it'],
  ['2026-11-21T10:59:59.999Z', 0, '2026-11-21T10:00:00.000Z', 'and its last one'],
  ['2026-11-21T12:30:00+02:00', 0, '2026-11-21T10:00:00.000Z', 'hours are those of UTC'],
  ['2026-11-21T10:30:00.000Z', 720, '2026-10-22T10:00:00.000Z', '720 hours are 30 days'],
])('the hour of %s, %i before, is %s: %s', (time, before, hour, _because) => {
  expect(hourOf(time, before)).toBe(hour);
});

test('a clock that was set back gives no negative time', () => {
  expect(secondsBetween('2026-11-21T10:00:00.000Z', '2026-11-21T09:00:00.000Z')).toBe(0);
});
