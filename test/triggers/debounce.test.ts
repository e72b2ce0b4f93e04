import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDebounce } from '../../src/triggers/debounce.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

/** The times of calls for events at these milliseconds, with a quiet time of 200 and a longest wait of 1000. */
function calls(signs: readonly number[], end = 10_000): readonly number[] {
  const start = Date.now();
  const times: number[] = [];
  using debounce = createDebounce(() => times.push(Date.now() - start), 200, 1000);
  for (const sign of signs) {
    vi.advanceTimersByTime(start + sign - Date.now());
    debounce.note();
  }
  vi.advanceTimersByTime(start + end - Date.now());
  return times;
}

const every = (step: number, from: number, to: number): readonly number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

/** Events, calls, because. */
const rows: readonly (readonly [readonly number[], readonly number[], string])[] = [
  [[], [], 'nothing happened'],
  [[0], [200], 'one event waits for the quiet time'],
  [[0, 100, 199], [399], 'each event restarts the quiet time'],
  [[0, 200], [200, 400], 'an event after the call causes another call'],
  [every(1, 0, 499), [699], '500 events cause one call'],
  [every(100, 0, 2500), [1000, 2000, 2700], 'the longest wait is a second'],
  [[0, 5000], [200, 5200], 'a long time between two events does not count as a wait'],
];
test.for(rows)('%j: calls at %j, because %s', ([signs, times]) => {
  expect(calls(signs)).toEqual(times);
});

test('once disposed of, it makes no call and accepts no event', () => {
  let called = 0;
  const debounce = createDebounce(() => (called += 1), 200, 1000);
  debounce.note();
  debounce[Symbol.dispose]();
  debounce.note();
  vi.runAllTimers();
  expect(called).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
