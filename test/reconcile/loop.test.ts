import { expect, test } from 'vitest';
import type { Trigger } from '../../src/model/pass/report.ts';
import { startLoop } from '../../src/reconcile/loop.ts';

test('several requests run one pass, with the trigger of the first', async () => {
  const seen: Trigger[] = [];
  const ran = Promise.withResolvers<void>();
  await using loop = startLoop(async (trigger) => {
    seen.push(trigger);
    ran.resolve();
  });
  loop.request('schedule');
  loop.request('cli');
  await ran.promise;
  expect(seen).toEqual(['schedule']);
});

test.each([
  { trigger: 'schedule', because: 'nobody waits for it', aborts: false },
  { trigger: 'request', because: 'somebody waits for the pass', aborts: true },
] as const)('$trigger aborts the wait of the running pass, $aborts: $because', async (row) => {
  const begun = Promise.withResolvers<AbortSignal>();
  const go = Promise.withResolvers<void>();
  await using loop = startLoop(async (_, { stopWaiting }) => {
    begun.resolve(stopWaiting);
    await go.promise;
  });
  loop.request('start');
  const signal = await begun.promise;
  loop.request(row.trigger);
  expect(signal.aborted).toBe(row.aborts);
  go.resolve();
});

test('a loop that is disposed before its first request runs no pass', async () => {
  let passes = 0;
  const loop = startLoop(async () => void (passes += 1));
  await loop[Symbol.asyncDispose]();
  await loop.finished;
  expect(passes).toBe(0);
});
