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
  ['nothing takes nothing', [], durations, { requests: 0, seconds: 0 }],
  [
    'what is held is not sent',
    [create('a', { held: 'x' })],
    durations,
    { requests: 0, seconds: 0 },
  ],
  ['the rate alone, without a history', many(300), new Map(), { requests: 300, seconds: 30 }],
  [
    'the last one’s wait comes after the rate',
    many(300),
    durations,
    { requests: 300, seconds: 60 },
  ],
  [
    'what requires another begins at its end',
    [create('a'), create('b', { requires: ['machines/a:create'] })],
    durations,
    { requests: 2, seconds: 61 },
  ],
  [
    'of a circle, the first does not wait for the last',
    [
      create('a', { requires: ['machines/b:create'] }),
      create('b', { requires: ['machines/a:create'] }),
    ],
    durations,
    { requests: 2, seconds: 61 },
  ],
  [
    'what works on one machine comes one after the other',
    [create('a'), create('a', { id: 'machines/a:stop', verb: 'stop' })],
    new Map([...durations, ['machines:stop', 10_000]]),
    { requests: 2, seconds: 41 },
  ],
];

test.each(rows)('%s', (_, actions, known, expected) => {
  const locks = ({ kind, name }: Action): string[] => [`${kind}/${name}`];
  expect(estimate(actions, { rate: 10, durations: known, locks })).toEqual(expected);
});
