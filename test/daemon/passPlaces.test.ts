import { expect, test } from 'vitest';
import { createPassPlaces } from '../../src/daemon/passPlaces.ts';
import type { Trigger } from '../../src/model/pass/report.ts';
import { virtualClock } from '../support/virtualClock.ts';

const signals = { stop: new AbortController().signal, stopWaiting: new AbortController().signal };

/** Places for passes that run until they are ended, and the names of those that have begun. */
function placesFor() {
  const clock = virtualClock();
  const places = createPassPlaces(clock);
  const begun: string[] = [];
  const start = (name: string, trigger: Trigger, stop = signals.stop) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const pass = places.limit(async () => {
      begun.push(name);
      await promise;
    });
    return { end: resolve, ended: pass(trigger, { ...signals, stop }) };
  };
  const fill = () => Array.from({ length: 32 }, (_, index) => start(`p${index}`, 'schedule'));
  return { clock, begun, start, fill };
}

test('32 passes run at a time, and the most urgent of the others is next', async () => {
  const { begun, start, fill, clock } = placesFor();
  const running = fill();
  const waiting = [
    start('scheduled', 'schedule'),
    start('changed', 'change'),
    start('asked', 'request'),
    start('pushed', 'webhook'),
  ];
  await clock.asleep(32);
  expect(begun).toHaveLength(32);
  for (const [index, name] of ['asked', 'changed', 'pushed', 'scheduled'].entries()) {
    running[index]?.end();
    await clock.asleep(33 + index);
    expect(begun.slice(32)).toHaveLength(index + 1);
    expect(begun.at(-1)).toBe(name);
  }
  for (const { end } of [...running, ...waiting]) end();
  await Promise.all([...running, ...waiting].map(({ ended }) => ended));
});

test('a pass that takes longer than a minute gives its place away, and goes on', async () => {
  const { begun, start, fill, clock } = placesFor();
  const hanging = fill();
  const waiting = start('other', 'schedule');
  await clock.asleep(32);
  clock.advance(60_000);
  await clock.asleep(33);
  expect(begun.at(-1)).toBe('other');
  for (const { end } of [...hanging, waiting]) end();
  await Promise.all([...hanging, waiting].map(({ ended }) => ended));
});

test('a pass that waits when Holdfast stops does not begin, and one that fails says so', async () => {
  const { begun, fill, start, clock } = placesFor();
  const stopping = new AbortController();
  const running = fill();
  const waiting = start('late', 'request', stopping.signal);
  await clock.asleep(32);
  stopping.abort();
  for (const { end } of running) end();
  await waiting.ended;
  expect(begun).not.toContain('late');
  const failing = createPassPlaces(clock).limit(() => Promise.reject(new Error('a bug')));
  await expect(failing('request', signals)).rejects.toThrow('a bug');
});
