import { expect, test } from 'vitest';
import { createLivePass } from '../../src/daemon/livePass.ts';
import type { Action, Plan } from '../../src/model/pass/plan.ts';
import { reportWith } from '../support/reports.ts';
import { virtualClock } from '../support/virtualClock.ts';

/** Lets pending promises continue. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const action = (name: string, blockedReason?: string) =>
  ({ id: `machines/${name}:create`, kind: 'machines', name, blockedReason }) as unknown as Action;

const planOf = (...actions: readonly Action[]) => ({ actions }) as unknown as Plan;

function shown({ isShown = true } = {}) {
  const clock = virtualClock({ start: Date.UTC(2026, 10, 21, 10) });
  const texts: string[] = [];
  const stop = new AbortController();
  const live = createLivePass({ isShown, set: (text) => texts.push(text), end() {} }, clock, {
    last: () => ({ configError: undefined, report: reportWith() }),
    next: () => '2026-11-21T10:05:00Z',
    stop: stop.signal,
  });
  const wait = async (seconds: number): Promise<void> => {
    clock.advance(seconds * 1000);
    await settle();
  };
  return { clock, texts, stop, live, wait };
}

test('a pass from its lists to the pause after it', async () => {
  const { texts, live, wait } = shown();
  live.started();
  await wait(1);
  const [a, b, held] = [action('a'), action('b'), action('c', 'a limit')];
  live.planned(planOf(a, b, held), () => ({ requests: 2, seconds: 3 }));
  live.actionEnded(a);
  await wait(1);
  live.actionEnded(held);
  live.actionEnded(b);
  live.ended();
  await wait(9);
  await wait(1);
  live[Symbol.dispose]();
  await wait(60);
  expect(texts).toEqual([
    'listing the team',
    'listing the team for 1 s',
    '0/2 done after 0 of about 3 s, waiting for machines/a and 1 more',
    '1/2 done after 0 of about 3 s, waiting for machines/b',
    '1/2 done after 1 of about 3 s, waiting for machines/b',
    'recording the pass',
    'in sync · next pass in 4:58 · Ctrl-C stops',
    'in sync · next pass in 4:48 · Ctrl-C stops',
    '',
  ]);
});

test('after the request to stop there is no next pass', () => {
  const { texts, stop, live } = shown();
  live.started();
  live.ended();
  stop.abort();
  live.started();
  live.ended();
  expect(texts.slice(1)).toEqual([
    'in sync · next pass in 5:00 · Ctrl-C stops',
    '',
    'listing the team',
    '',
  ]);
  live[Symbol.dispose]();
});

test('a refresh that is due when the line ends shows nothing', async () => {
  const { clock, texts, live } = shown();
  live.started();
  clock.advance(1000);
  live[Symbol.dispose]();
  await settle();
  expect(texts).toEqual(['listing the team', '']);
});

test('without a status line nothing is computed', () => {
  const { texts, clock, live } = shown({ isShown: false });
  live.started();
  live.planned(planOf(action('a')), () => {
    throw new Error('the estimate is expensive');
  });
  live.actionEnded(action('a'));
  live.ended();
  live[Symbol.dispose]();
  expect([texts, clock.sleeps]).toEqual([[], []]);
});
