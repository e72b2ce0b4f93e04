import { describe, expect, test } from 'vitest';
import { ApiError } from '../../../src/model/api.ts';
import { toldToStop, type Action } from '../../../src/model/pass/plan.ts';
import { apply, type ApplyOptions } from '../../../src/reconcile/apply/apply.ts';
import type { Settlement } from '../../../src/reconcile/apply/jobPoller.ts';
import { autoClock } from '../../support/autoClock.ts';
import { now } from '../../support/team.ts';

const create = (name: string, ...requires: string[]): Action => ({
  id: `machines/${name}:create`,
  verb: 'create',
  kind: 'machines',
  name,
  changes: [],
  carries: [],
  requires,
});
const alone = [create('a')];
const both = [create('a'), create('b', 'machines/a:create')];

interface Row {
  readonly name: string;
  readonly because: string;
  readonly actions: readonly Action[];
  readonly wait?: boolean;
  /** When somebody stops Holdfast: before anything is done, or while the API is at work. */
  readonly stopped?: 'before' | 'meanwhile';
  /** How the API's work ends. */
  readonly ends?: Settlement;
  /** What the kind can tell of a failure. */
  readonly why?: string;
  readonly outcomes: readonly string[];
}

/** The outcomes as text, and what was sent. */
async function applied({ actions, wait = true, stopped, ends = { is: 'settled' }, why }: Row) {
  const stop = new AbortController();
  if (stopped === 'before') stop.abort();
  const sent: string[] = [];
  const options: ApplyOptions = {
    concurrency: 2,
    wait,
    signal: stop.signal,
    clock: autoClock(now),
    run: async ({ id, name }) => {
      sent.push(id);
      return { id: name, event: 'e' };
    },
    follower: {
      follow: async () => {
        if (stopped === 'meanwhile') stop.abort();
        return ends;
      },
    },
    explainFailure: async () => why,
    isGone: async () => false,
    locks: () => [],
  };
  const outcomes = await apply(actions, options);
  const told = [...outcomes].map(
    ([id, { result, error }]) => `${id} ${result}${error === undefined ? '' : `: ${error}`}`,
  );
  return { told, sent };
}

describe('an action', () => {
  test.each<Row>([
    {
      name: 'that is done',
      because: 'the API has ended it',
      actions: both,
      outcomes: ['machines/a:create done', 'machines/b:create done'],
    },
    {
      name: 'that nobody waits for',
      because: 'the API is at work on it, so what requires it cannot begin',
      actions: both,
      wait: false,
      outcomes: [
        'machines/a:create pending',
        'machines/b:create skipped: an action that it requires is not done',
      ],
    },
    {
      name: 'that requires what is not among them',
      because: 'nothing brings that',
      actions: [create('a', 'machines/ghost:create')],
      outcomes: ['machines/a:create skipped: an action that it requires is not done'],
    },
    {
      name: 'after somebody stopped Holdfast',
      because: 'nothing more is started, and each says so',
      actions: both,
      stopped: 'before',
      outcomes: [
        `machines/a:create skipped: ${toldToStop}`,
        `machines/b:create skipped: ${toldToStop}`,
      ],
    },
    {
      name: 'that was under way when somebody stopped Holdfast',
      because: 'it is not asked why it has not come up, as it had no time to',
      actions: alone,
      stopped: 'meanwhile',
      ends: { is: 'pending' },
      why: 'no GPU',
      outcomes: ['machines/a:create pending'],
    },
    {
      name: 'that does not come to rest',
      because: 'it has failed where the kind knows of an error',
      actions: alone,
      ends: { is: 'pending' },
      why: 'no GPU',
      outcomes: [
        'machines/a:create failed: the API accepted it, but it does not become ready: no GPU',
      ],
    },
    {
      name: 'that failed, with more to tell',
      because: 'both are told',
      actions: alone,
      ends: { is: 'failed', error: 'unhealthy' },
      why: 'no GPU',
      outcomes: ['machines/a:create failed: the API accepted it, and it failed: unhealthy: no GPU'],
    },
    {
      name: 'that failed, with the same to tell',
      because: 'it is told once',
      actions: alone,
      ends: { is: 'failed', error: 'unhealthy: no GPU' },
      why: 'no GPU',
      outcomes: ['machines/a:create failed: the API accepted it, and it failed: unhealthy: no GPU'],
    },
  ])('$name: $because', async (row) => {
    const { told, sent } = await applied(row);
    expect(told).toEqual(row.outcomes);
    expect(sent).toEqual(
      told.filter((one) => !one.includes('skipped')).map((one) => one.split(' ')[0]),
    );
  });
});

/** Options under which everything that is sent is done at once. */
const options = (over: Partial<ApplyOptions>): ApplyOptions => ({
  concurrency: 2,
  wait: true,
  signal: new AbortController().signal,
  clock: autoClock(now),
  run: async ({ name }) => ({ id: name }),
  follower: { follow: async () => ({ is: 'settled' }) },
  explainFailure: async () => undefined,
  isGone: async () => false,
  locks: () => [],
  ...over,
});

describe('a write that fails', () => {
  const lost = 'no (it may have happened; the next pass checks)';
  test.each([
    { verdict: 'rejected', status: 400, error: 'no', refused: true },
    { verdict: 'rejected', status: 403, error: 'no', refused: true },
    { verdict: 'rejected', status: 422, error: 'no', refused: true },
    { verdict: 'rejected', status: 409, error: 'no', refused: undefined },
    { verdict: 'unavailable', status: 400, error: 'no', refused: undefined },
    { verdict: 'uncertain', status: 422, error: lost, refused: undefined },
  ] as const)('$verdict with $status', async ({ verdict, status, error, refused }) => {
    const run = () => Promise.reject(new ApiError('no', { verdict, status }));
    const outcomes = await apply(both, options({ run }));
    expect([...outcomes.values()]).toEqual([
      { result: 'failed', error, attempts: 1, took: 0, ...(refused ? { refused } : {}) },
      { result: 'skipped', error: 'an action that it requires is not done', attempts: 0, took: 0 },
    ]);
  });

  test('with what is no answer of the API is a bug: nothing more is started, and what is under way ends', async () => {
    const started: string[] = [];
    const ended: string[] = [];
    const run: ApplyOptions['run'] = async ({ name }) => {
      started.push(name);
      if (name === 'a') throw new TypeError('a bug');
      await Promise.resolve();
      ended.push(name);
      return { id: name };
    };
    const actions = ['a', 'b', 'c', 'd'].map((name) => create(name));
    await expect(apply(actions, options({ run }))).rejects.toThrow('a bug');
    expect(started).toEqual(['a', 'b']);
    expect(ended).toEqual(['b']);
  });
});

test('what is held is blocked, and so is what waits for it skipped', async () => {
  const outcomes = await apply(
    [{ ...create('a'), held: 'no' }, create('b', 'machines/a:create')],
    options({}),
  );
  expect([...outcomes.values()]).toEqual([
    { result: 'blocked', error: 'no', attempts: 0, took: 0 },
    { result: 'skipped', error: 'an action that it requires is not done', attempts: 0, took: 0 },
  ]);
});

test('what is done is told with its id, its note and how long it took', async () => {
  const clock = autoClock(now);
  const told: string[] = [];
  const outcomes = await apply(
    alone,
    options({
      clock,
      run: async () => {
        await clock.sleep(70);
        return { id: '1', note: 'static' };
      },
      onOutcome: ({ id }, { result }) => void told.push(`${id} ${result}`),
    }),
  );
  expect(outcomes.get('machines/a:create')).toEqual({
    result: 'done',
    attempts: 1,
    resourceId: '1',
    note: 'static',
    took: 70,
  });
  expect(told).toEqual(['machines/a:create done']);
});

test.each([
  { verb: 'create', started: { event: 'e' }, followed: [{ event: 'e', gone: false }] },
  { verb: 'delete', started: { event: 'e' }, followed: [{ event: 'e', gone: true }] },
  { verb: 'delete', started: { follow: true }, followed: [{ gone: true }] },
  { verb: 'create', started: {}, followed: [] },
] as const)('after a $verb, $started is followed as $followed', async (row) => {
  const followed: object[] = [];
  const action = { ...create('a'), verb: row.verb } as Action;
  await apply(
    [action],
    options({
      run: async () => ({ id: '1', ...row.started }),
      follower: {
        follow: async (work) => {
          followed.push(work);
          return { is: 'settled' };
        },
      },
    }),
  );
  expect(followed).toEqual(row.followed.map((one) => ({ kind: 'machines', id: '1', ...one })));
});

test.each([
  { because: 'two on one machine take turns', locks: ['m'], concurrency: 9, most: 1 },
  { because: 'two on two run at once', locks: [], concurrency: 9, most: 3 },
  { because: 'no more than are allowed run at once', locks: [], concurrency: 2, most: 2 },
])('$because', async ({ locks, concurrency, most }) => {
  let under = 0;
  let seen = 0;
  const clock = autoClock(now);
  await apply(
    ['a', 'b', 'c'].map((name) => create(name)),
    options({
      clock,
      concurrency,
      locks: () => locks,
      run: async ({ name }) => {
        under += 1;
        seen = Math.max(seen, under);
        await clock.sleep(10);
        under -= 1;
        return { id: name };
      },
    }),
  );
  expect(seen).toBe(most);
});
