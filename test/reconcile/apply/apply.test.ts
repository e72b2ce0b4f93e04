import { describe, expect, test } from 'vitest';
import { ApiError } from '../../../src/model/api.ts';
import { stoppedReason, type Action } from '../../../src/model/pass/plan.ts';
import { apply, type ApplyOptions } from '../../../src/reconcile/apply/apply.ts';
import type { JobResult } from '../../../src/reconcile/apply/jobPoller.ts';
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
  /** When Holdfast is stopped: before any action, or while a job is running. */
  readonly stopped?: 'before' | 'meanwhile';
  /** The result of the job. */
  readonly ends?: JobResult;
  /** The kind's explanation of a failure. */
  readonly why?: string;
  readonly outcomes: readonly string[];
}

/** The outcomes as text, and the actions that were sent. */
async function applied({ actions, wait = true, stopped, ends = { is: 'succeeded' }, why }: Row) {
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
      name: 'that succeeds',
      because: 'its job has ended',
      actions: both,
      outcomes: ['machines/a:create done', 'machines/b:create done'],
    },
    {
      name: 'whose job is not awaited',
      because: 'its job is running, so actions that require it cannot start',
      actions: both,
      wait: false,
      outcomes: [
        'machines/a:create pending',
        'machines/b:create skipped: an action that it requires is not done',
      ],
    },
    {
      name: 'that requires an action that is not in the plan',
      because: 'nothing can complete the requirement',
      actions: [create('a', 'machines/ghost:create')],
      outcomes: ['machines/a:create skipped: an action that it requires is not done'],
    },
    {
      name: 'after Holdfast was stopped',
      because: 'no further action is started, and each has the reason',
      actions: both,
      stopped: 'before',
      outcomes: [
        `machines/a:create skipped: ${stoppedReason}`,
        `machines/b:create skipped: ${stoppedReason}`,
      ],
    },
    {
      name: 'whose job was running when Holdfast was stopped',
      because: 'no explanation is requested, since it had no time to become ready',
      actions: alone,
      stopped: 'meanwhile',
      ends: { is: 'pending' },
      why: 'no GPU',
      outcomes: ['machines/a:create pending'],
    },
    {
      name: 'that does not become ready',
      because: 'it has failed if the kind explains why',
      actions: alone,
      ends: { is: 'pending' },
      why: 'no GPU',
      outcomes: [
        'machines/a:create failed: the API accepted it, but it does not become ready: no GPU',
      ],
    },
    {
      name: 'that failed, with an explanation',
      because: 'the error has both',
      actions: alone,
      ends: { is: 'failed', error: 'unhealthy' },
      why: 'no GPU',
      outcomes: ['machines/a:create failed: the API accepted it, and it failed: unhealthy: no GPU'],
    },
    {
      name: 'that failed, with the same explanation',
      because: 'the error has it once',
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

/** Options under which every action succeeds at once. */
const options = (over: Partial<ApplyOptions>): ApplyOptions => ({
  concurrency: 2,
  wait: true,
  signal: new AbortController().signal,
  clock: autoClock(now),
  run: async ({ name }) => ({ id: name }),
  follower: { follow: async () => ({ is: 'succeeded' }) },
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

  test('with an error that is not an ApiError is a bug: no further action is started, and running ones end', async () => {
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

test('a blocked action has the outcome blocked, and its dependants are skipped', async () => {
  const outcomes = await apply(
    [{ ...create('a'), blockedReason: 'no' }, create('b', 'machines/a:create')],
    options({}),
  );
  expect([...outcomes.values()]).toEqual([
    { result: 'blocked', error: 'no', attempts: 0, took: 0 },
    { result: 'skipped', error: 'an action that it requires is not done', attempts: 0, took: 0 },
  ]);
});

test('a done action has its id, its note, and its duration', async () => {
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
          return { is: 'succeeded' };
        },
      },
    }),
  );
  expect(followed).toEqual(row.followed.map((job) => ({ kind: 'machines', id: '1', ...job })));
});

test.each([
  {
    because: 'two actions on one machine run one after the other',
    locks: ['m'],
    concurrency: 9,
    most: 1,
  },
  { because: 'actions on different machines run concurrently', locks: [], concurrency: 9, most: 3 },
  { because: 'concurrency is limited', locks: [], concurrency: 2, most: 2 },
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
