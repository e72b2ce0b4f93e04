import { describe, expect, test } from 'vitest';
import { windowState } from '../../../src/reconcile/guard/windows.ts';

const hour = 3_600_000;
const at = (text: string): Date => new Date(`2026-11-${text}Z`);
const said = (state: ReturnType<typeof windowState>): string =>
  state.open ? 'open' : `closed until ${state.next?.toISOString() ?? 'nobody knows'}`;

describe('whether writes are allowed', () => {
  const nightly = [{ cron: '0 2 * * *', duration: 2 * hour }];
  test.each([
    { because: 'there are no windows', windows: [], now: '21T10:00:00', is: 'open' },
    { because: 'it is its first instant', windows: nightly, now: '21T02:00:00', is: 'open' },
    { because: 'it is its last second', windows: nightly, now: '21T03:59:59', is: 'open' },
    {
      because: 'it has just ended',
      windows: nightly,
      now: '21T04:00:00',
      is: 'closed until 2026-11-22T02:00:00.000Z',
    },
    {
      because: 'it opens in a second',
      windows: nightly,
      now: '21T01:59:59',
      is: 'closed until 2026-11-21T02:00:00.000Z',
    },
    {
      because: 'it opens on another day',
      windows: [{ cron: '30 2 25 11 *', duration: hour }],
      now: '21T10:00:00',
      is: 'closed until 2026-11-25T02:30:00.000Z',
    },
    {
      because: 'one of two is enough',
      windows: [{ cron: '0 20 * * *', duration: hour }, ...nightly],
      now: '21T03:00:00',
      is: 'open',
    },
    {
      because: 'the earlier opening is returned',
      windows: [
        { cron: '0 20 * * *', duration: hour },
        { cron: '0 12 * * *', duration: hour },
      ],
      now: '21T10:00:00',
      is: 'closed until 2026-11-21T12:00:00.000Z',
    },
    {
      because: 'seconds count too',
      windows: [{ cron: '15 0 2 * * *', duration: 30_000 }],
      now: '21T02:00:14',
      is: 'closed until 2026-11-21T02:00:15.000Z',
    },
    {
      because: 'a window may be seconds long',
      windows: [{ cron: '15 0 2 * * *', duration: 30_000 }],
      now: '21T02:00:44',
      is: 'open',
    },
    {
      because: 'it opened and closed within this minute',
      windows: [{ cron: '0 2 * * *', duration: 10_000 }],
      now: '21T02:00:30',
      is: 'closed until 2026-11-22T02:00:00.000Z',
    },
    {
      because: 'it opened before midnight',
      windows: [{ cron: '0 23 * * *', duration: 3 * hour }],
      now: '21T01:30:00',
      is: 'open',
    },
    {
      because: 'the search ends after a month',
      windows: [{ cron: '0 2 1 6 *', duration: hour }],
      now: '21T10:00:00',
      is: 'closed until nobody knows',
    },
  ])('at $now, $is: $because', ({ windows, now, is }) => {
    expect(said(windowState({ windows, timezone: 'UTC' }, at(now)))).toBe(is);
  });

  test.each([
    { timezone: 'Europe/Berlin', next: '2026-11-22T01:00:00.000Z' },
    { timezone: 'Asia/Kathmandu', next: '2026-11-21T20:15:00.000Z' },
  ])('two o’clock is in $timezone', ({ timezone, next }) => {
    const state = windowState({ windows: nightly, timezone }, at('21T10:00:00'));
    expect(said(state)).toBe(`closed until ${next}`);
  });

  test.each([
    {
      because: 'an opening in a skipped hour comes as if the clock had not been set forward',
      now: '2027-03-28T01:30:00Z',
      is: 'open',
    },
    {
      because: 'it is over after its duration',
      now: '2027-03-28T02:30:00Z',
      is: 'closed until 2027-03-29T00:30:00.000Z',
    },
    {
      because: 'it opens at the first of two equal times',
      now: '2026-10-25T00:30:00Z',
      is: 'open',
    },
    { because: 'it opens at the second too', now: '2026-10-25T01:45:00Z', is: 'open' },
    {
      because: 'it does not open after that',
      now: '2026-10-25T02:30:00Z',
      is: 'closed until 2026-10-26T01:30:00.000Z',
    },
  ])('in Berlin at $now, $is: $because', ({ now, is }) => {
    const windows = [{ cron: '30 2 * * *', duration: hour }];
    expect(said(windowState({ windows, timezone: 'Europe/Berlin' }, new Date(now)))).toBe(is);
  });

  test('a clock that is set back reopens a window that was over', () => {
    const windows = [{ cron: '9 2 * * *', duration: hour }];
    const seen = ['21T10:00:00', '21T01:00:00'].map((now) =>
      said(windowState({ windows, timezone: 'UTC' }, at(now))),
    );
    expect(seen).toEqual([
      'closed until 2026-11-22T02:09:00.000Z',
      'closed until 2026-11-21T02:09:00.000Z',
    ]);
  });

  test('the next opening is computed again once it has passed', () => {
    const windows = [{ cron: '7 2 * * *', duration: hour }];
    const seen = ['21T10:00:00', '22T01:00:00', '22T02:07:00', '22T05:00:00'].map((now) =>
      said(windowState({ windows, timezone: 'UTC' }, at(now))),
    );
    expect(seen).toEqual([
      'closed until 2026-11-22T02:07:00.000Z',
      'closed until 2026-11-22T02:07:00.000Z',
      'open',
      'closed until 2026-11-23T02:07:00.000Z',
    ]);
  });
});
