import { expect, test } from 'vitest';
import type { Action } from '../../../src/model/pass/plan.ts';
import { estimate } from '../../../src/reconcile/report/estimate.ts';

const create = (name: string, over: Partial<Action> = {}): Action =>
  ({
    id: `machines/${name}:create`,
    verb: 'create',
    kind: 'machines',
    name,
    changes: [],
    requires: [],
    carries: [],
    ...over,
  }) as Action;

const durations = new Map([['machines:create', 30_000]]);
const many = (count: number): Action[] => Array.from({ length: count }, (_, n) => create(`m${n}`));
const rows: readonly (readonly [
  string,
  readonly Action[],
  ReadonlyMap<string, number>,
  { requests: number; seconds: number },
])[] = [
  ['a plan without actions takes no time', [], durations, { requests: 0, seconds: 0 }],
  [
    'blocked actions are not sent',
    [create('a', { blockedReason: 'x' })],
    durations,
    { requests: 0, seconds: 0 },
  ],
  ['only the rate counts without a history', many(300), new Map(), { requests: 300, seconds: 30 }],
  [
    'the duration of the last action is added to the rate',
    many(300),
    durations,
    { requests: 300, seconds: 60 },
  ],
  [
    'an action begins at the end of the action it requires',
    [create('a'), create('b', { requires: ['machines/a:create'] })],
    durations,
    { requests: 2, seconds: 61 },
  ],
  [
    'in a cycle, the first action does not wait for the last',
    [
      create('a', { requires: ['machines/b:create'] }),
      create('b', { requires: ['machines/a:create'] }),
    ],
    durations,
    { requests: 2, seconds: 61 },
  ],
  [
    'actions on one machine run one after the other',
    [create('a'), create('a', { id: 'machines/a:stop', verb: 'stop' })],
    new Map([...durations, ['machines:stop', 10_000]]),
    { requests: 2, seconds: 41 },
  ],
];

test.each(rows)('%s', (_, actions, known, expected) => {
  const locks = ({ kind, name }: Action): string[] => [`${kind}/${name}`];
  expect(estimate(actions, { rate: 10, durations: known, locks })).toEqual(expected);
});
