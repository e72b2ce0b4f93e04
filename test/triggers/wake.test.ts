import { expect, test } from 'vitest';
import { createAlarm } from '../../src/triggers/wake.ts';
import { simulatedClock } from '../support/simulatedClock.ts';

const minuteMs = 60_000;

/** An alarm in simulated time, and the minutes after which it fired. */
function alarm() {
  const clock = simulatedClock({ turns: 3 });
  const start = clock.now().getTime();
  const rings: number[] = [];
  const wake = createAlarm(clock, () => void rings.push(clock.steady() / minuteMs));
  const inMinutes = (minutes: number): Date => new Date(start + minutes * minuteMs);
  return { clock, wake, rings, inMinutes };
}

test('it fires once at its time', async () => {
  const { clock, wake, rings, inMinutes } = alarm();
  wake.at(inMinutes(90));
  await clock.sleep(200 * minuteMs);
  expect(rings).toEqual([90]);
});

test('rescheduled, it fires only at the new time; cancelled or disposed of, never', async () => {
  const { clock, wake, rings, inMinutes } = alarm();
  wake.at(inMinutes(10));
  wake.at(inMinutes(20));
  await clock.sleep(30 * minuteMs);
  wake.at(inMinutes(40));
  wake.at(undefined);
  await clock.sleep(30 * minuteMs);
  wake.at(inMinutes(90));
  wake[Symbol.dispose]();
  await clock.sleep(60 * minuteMs);
  expect(rings).toEqual([20]);
  expect(clock.sleeping()).toBe(0);
});

test('a past time fires after half a second', async () => {
  const { clock, wake, rings, inMinutes } = alarm();
  wake.at(inMinutes(-5));
  await clock.sleep(minuteMs);
  expect(rings).toEqual([500 / minuteMs]);
});

test('it follows a clock that is set: forward within a minute, back later', async () => {
  const { clock, wake, rings, inMinutes } = alarm();
  wake.at(inMinutes(600));
  await clock.sleep(5.5 * minuteMs);
  clock.set(inMinutes(600));
  await clock.sleep(4.5 * minuteMs);
  expect(rings).toEqual([6]);
  wake.at(inMinutes(620));
  clock.set(inMinutes(590));
  await clock.sleep(60 * minuteMs);
  expect(rings).toEqual([6, 40]);
});

test('it waits longer than a timer can: a month', async () => {
  const { clock, wake, rings, inMinutes } = alarm();
  const month = 31 * 24 * 60;
  wake.at(inMinutes(month));
  await clock.sleep((month + 1) * minuteMs);
  expect(rings).toEqual([month]);
});
