import { describe, expect, test } from 'vitest';
import { byDay, trendSeries } from '../../../src/dashboard/findings/trendSeries.ts';
import { sparkline } from '../../../src/dashboard/parts/sparkline.ts';
import { withPass, type TrendHour } from '../../../src/model/pass/trend.ts';
import { reportWith } from '../../support/reports.ts';

/** An hour with one pass of half a minute. */
const hourAt = (at: string, open: number, repairs: readonly number[] = [], complete = true) =>
  withPass(
    undefined,
    {
      ...reportWith({ complete, startedAt: `${at}:00:00.000Z`, finishedAt: `${at}:00:30.000Z` }),
      open,
      cost: {
        ...reportWith().cost,
        hourly: { managed: 2, unmanaged: 0.5, change: 0 },
      },
    },
    repairs.map((seconds) => ({ kind: 'machines', name: 'a', seconds })),
  );

const hours: readonly TrendHour[] = [
  hourAt('2026-11-20T23', 0),
  hourAt('2026-11-21T00', 3, [60, 180]),
  hourAt('2026-11-21T05', 1, [], false),
];

test('open drift, mean time to repair, cost, and pass time, each for every hour', () => {
  expect(trendSeries(hours).map(({ title, values }) => [title, ...values])).toEqual([
    ['Open drift', 0, 3, null],
    ['Time to repair', null, 2, null],
    ['Cost', 2.5, 2.5, null],
    ['Pass time', 30, 30, 30],
  ]);
});

test('the range of each day, newest first', () => {
  const [later, earlier] = byDay(hours, trendSeries(hours));
  expect(later).toEqual({
    day: '2026-11-21',
    ranges: [
      [3, 3],
      [2, 2],
      [2.5, 2.5],
      [30, 30],
    ],
  });
  expect(earlier?.ranges[1]).toBeUndefined();
});

describe('a picture', () => {
  const time = { from: new Date('2026-11-20T00:00:00Z'), until: new Date('2026-11-22T00:00:00Z') };
  const picture = (index: number): string => {
    const series = trendSeries(hours)[index];
    return series ? sparkline(series, hours, time).toString() : '';
  };

  test('connects hours that follow each other, from the bottom to the top', () => {
    expect(picture(0)).toContain('points="345 120 360 10.9"');
  });

  test('leaves a gap where no pass ended', () => {
    const text = picture(3);
    expect(text).toContain('points="345 10.9 360 10.9"');
    expect(text).toContain('cx="435"');
  });

  test('says the least and the greatest value, or that none is known', () => {
    expect(picture(0)).toContain('0 to 3 resources that need attention');
    const [series] = trendSeries([]);
    expect(series && sparkline(series, [], time).toString()).toContain('Open drift: not known yet');
  });
});
