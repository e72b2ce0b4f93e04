import { expect, test } from 'vitest';
import { createWatchdog } from '../../src/daemon/watchdog.ts';
import { virtualClock } from '../support/virtualClock.ts';

const minute = 60_000;

function watched() {
  const clock = virtualClock({ start: Date.UTC(2026, 10, 21, 10) });
  const lines: object[] = [];
  const watchdog = createWatchdog(clock, { error: (fields) => lines.push(fields) });
  return { clock, lines, watchdog };
}

/** Lets pending promises continue. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a pass that does not end is logged every 35 minutes', async () => {
  const { clock, lines, watchdog } = watched();
  const pass = Promise.withResolvers<void>();
  const watching = watchdog.watch('schedule', () => pass.promise);
  const startedAt = '2026-11-21T10:00:00.000Z';
  expect(watchdog.current()).toEqual({ trigger: 'schedule', startedAt, overdue: false });
  clock.advance(34 * minute);
  await settle();
  expect([lines, watchdog.seconds()]).toEqual([[], 34 * 60]);
  clock.advance(minute);
  await settle();
  expect(lines).toEqual([{ trigger: 'schedule', startedAt, minutes: 35 }]);
  expect(watchdog.current()).toMatchObject({ overdue: true });
  clock.advance(35 * minute);
  await settle();
  expect(lines).toHaveLength(2);
  pass.resolve();
  await watching;
  expect([watchdog.current(), watchdog.seconds()]).toEqual([undefined, 0]);
});

test('passes that end are not logged, however many', async () => {
  const { clock, lines, watchdog } = watched();
  for (let i = 0; i < 5; i += 1) {
    await watchdog.watch('schedule', async () => clock.advance(20 * minute));
    await settle();
  }
  clock.advance(60 * minute);
  await settle();
  expect(lines).toEqual([]);
});

test('rejects with the error of the pass, and stops watching', async () => {
  const { clock, lines, watchdog } = watched();
  const failing = watchdog.watch('start', () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  clock.advance(60 * minute);
  await settle();
  expect([lines, watchdog.current()]).toEqual([[], undefined]);
});
