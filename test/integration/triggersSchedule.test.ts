import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cronSchedule } from '../../src/triggers/schedule.ts';

beforeEach(() => {
  const toFake = ['setTimeout', 'clearTimeout', 'setImmediate', 'Date'] as const;
  vi.useFakeTimers({ now: new Date('2026-03-02T08:00:10Z'), toFake: [...toFake] });
});
afterEach(() => void vi.useRealTimers());

/** A schedule, the times of its ticks, and what it logs. */
function started(expression: string, timezone = 'UTC') {
  const ticks: string[] = [];
  const lines: string[] = [];
  const schedule = cronSchedule({
    expression,
    timezone,
    onTick: () => void ticks.push(new Date().toISOString().slice(11, 19)),
    log: { debug: (fields, message) => void lines.push(`${message} ${JSON.stringify(fields)}`) },
  });
  return { schedule, ticks, lines };
}

const minutes = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(count * 60_000);

describe('a schedule', () => {
  /** Expression, ticks within four minutes of 08:00:10. */
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['*/2 * * * *', ['08:02:00', '08:04:00']],
    ['30 * * * * *', ['08:00:30', '08:01:30', '08:02:30', '08:03:30']],
    ['3 8 * * Mon', ['08:03:00']],
    ['3 8 * * Tue', []],
  ];
  test.for(rows)('%s ticks at %j', async ([expression, expected]) => {
    const { schedule, ticks } = started(expression);
    await minutes(4);
    expect(ticks).toEqual(expected);
    schedule[Symbol.dispose]();
  });

  test('goes by the clock on the wall of its time zone', async () => {
    const { schedule, ticks } = started('1 9 * * *', 'Europe/Berlin');
    expect(schedule.next()).toEqual(new Date('2026-03-02T08:01:00Z'));
    await minutes(2);
    expect(ticks).toEqual(['08:01:00']);
    expect(schedule.next()).toEqual(new Date('2026-03-03T08:01:00Z'));
    schedule[Symbol.dispose]();
  });

  test('disposed of, ticks no more and leaves no timer', async () => {
    const { schedule, ticks } = started('* * * * *');
    await minutes(1);
    schedule[Symbol.dispose]();
    await minutes(5);
    expect(ticks).toEqual(['08:01:00']);
    expect(schedule.next()).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('whose time passed while the computer slept ticks late, and says so', async () => {
    const { schedule, ticks, lines } = started('0 * * * *');
    vi.setSystemTime(new Date('2026-03-02T09:30:00Z'));
    await minutes(61);
    expect(ticks).toEqual(['10:29:50', '10:29:50']);
    expect(lines).toEqual([
      'tick came late {"date":"2026-03-02T09:00:00.000Z"}',
      'tick came late {"date":"2026-03-02T10:00:00.000Z"}',
    ]);
    schedule[Symbol.dispose]();
  });

  test('lets what its tick throws end the process, as any bug does', async () => {
    const schedule = cronSchedule({
      expression: '* * * * *',
      timezone: 'UTC',
      onTick: () => {
        throw new Error('a bug');
      },
      log: { debug: () => undefined },
    });
    await expect(minutes(1)).rejects.toThrow('a bug');
    schedule[Symbol.dispose]();
  });
});

describe('what is no schedule is refused in words', () => {
  /** Expression, time zone, message. */
  const rows: readonly (readonly [string, string, string])[] = [
    ['61 * * * *', 'UTC', '"61 * * * *" is no schedule: 61 is a invalid expression for minute'],
    ['* *', 'UTC', '"* *" is no schedule: expected 5 or 6 fields but got 2'],
    ['* * * * *', 'Berlin', '"Berlin" is no time zone; write one like Europe/Berlin or UTC'],
  ];
  test.for(rows)('%s, %s', ([expression, timezone, message]) => {
    const options = {
      expression,
      timezone,
      onTick: () => undefined,
      log: { debug: () => undefined },
    };
    expect(() => cronSchedule(options)).toThrow(new RangeError(message));
    expect(vi.getTimerCount()).toBe(0);
  });
});
