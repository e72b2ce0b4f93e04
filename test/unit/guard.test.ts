import { describe, expect, test } from 'vitest';
import type { Action, Plan } from '../../src/model/plan.ts';
import { guard, type GuardInput } from '../../src/reconcile/guard.ts';

const action = (
  verb: 'create' | 'update' | 'delete' | 'start',
  name: string,
  requires: string[] = [],
): Action => ({
  id: `machines/${name}:${verb}`,
  kind: 'machines',
  name,
  changes: [],
  requires,
  ...(verb === 'update'
    ? { verb, fields: ['x'] }
    : verb === 'create'
      ? { verb, carries: [] }
      : { verb }),
});

const planOf = (actions: readonly Action[]): Plan => ({
  actions,
  assessments: actions.map(({ kind, name }) => ({
    kind,
    name,
    status: 'drifted',
    changes: [],
    unverifiable: [],
  })),
  complete: true,
  recognised: [],
  gone: [],
  needs: [],
});

const input = (
  over: Partial<Omit<GuardInput, 'limits'>> & { limits?: Partial<GuardInput['limits']> },
): GuardInput => ({
  cost: { currency: 'USD', unpriced: [], hourly: { managed: 10, unmanaged: 5, change: 3 } },
  liveCount: () => 10,
  deletedToday: 0,
  force: false,
  approved: false,
  pauses: true,
  memory: { suspended: new Map(), setbacks: new Map(), writes: new Map() },
  now: new Date('2026-11-21T10:00:00Z'),
  window: { open: true },
  shortages: new Map(),
  outside: () => undefined,
  fingerprints: { yaml: () => 'yaml', both: () => 'both' },
  ...over,
  limits: {
    updates: { percent: 30 },
    deletions: { percent: 10 },
    deletionsPerDay: 5,
    hourlyCost: null,
    ...over.limits,
  },
});

const many = (verb: 'update' | 'delete', count: number): Action[] =>
  Array.from({ length: count }, (_, index) => action(verb, `m${index}`));

const heldOf = (plan: Plan): string[] => [
  ...new Set(plan.actions.flatMap(({ held }) => held ?? [])),
];

describe('limits', () => {
  test.each([
    { name: 'within', because: '3 of 10 are 30 %', actions: many('update', 3), held: [] },
    {
      name: 'completing creates',
      because: 'what is new is no change of what is there',
      actions: [
        ...many('update', 3),
        ...['x', 'y'].flatMap((name) => [
          action('create', name),
          action('update', name, [`machines/${name}:create`]),
        ]),
      ],
      held: [],
    },
    {
      name: 'over',
      because: 'a fourth is too many, and then none is done',
      actions: many('update', 4),
      held: ['4 of 10 machines to update, over limits.updates: 30%'],
    },
    {
      name: 'small team',
      because: 'per cent of a few machines mean nothing',
      actions: many('update', 9),
      live: 9,
      held: [],
    },
    {
      name: 'number',
      because: 'a number holds whatever the size',
      actions: many('update', 3),
      live: 3,
      limits: { updates: { count: 2 } },
      held: ['3 of 3 machines to update, over limits.updates: 2'],
    },
    {
      name: 'deletions',
      because: '2 of 10 are over 10 %',
      actions: many('delete', 2),
      held: ['2 of 10 machines to delete, over limits.deletions: 10%'],
    },
    {
      name: 'day',
      because: 'what was deleted in 24 hours counts',
      actions: many('delete', 1),
      today: 5,
      held: ['5 deleted in 24 hours and 1 to delete, over limits.deletionsPerDay: 5'],
    },
    {
      name: 'forced',
      because: 'somebody said so',
      actions: many('update', 10),
      force: true,
      held: [],
    },
    {
      name: 'cost',
      because: '18 USD/h would be over 17',
      actions: [action('create', 'a')],
      limits: { hourlyCost: 17 },
      held: ['15 USD/h now and 3 more, over limits.hourlyCost: 17'],
    },
    {
      name: 'cost within',
      because: '18 USD/h are allowed',
      actions: [action('create', 'a')],
      limits: { hourlyCost: 18 },
      held: [],
    },
    {
      name: 'dependants',
      because: 'what requires a withheld action waits for it',
      actions: [...many('update', 4), action('start', 'm0', ['machines/m0:update'])],
      held: [
        '4 of 10 machines to update, over limits.updates: 30%',
        'waits for machines/m0:update',
      ],
    },
  ])('$name: $because', ({ actions, held, live = 10, limits = {}, today = 0, force = false }) => {
    const guarded = guard(
      planOf(actions),
      input({ limits, liveCount: () => live, deletedToday: today, force }),
    );
    expect(heldOf(guarded)).toEqual(held);
  });
});

test('a resource of which something is withheld is blocked, with the figure', () => {
  const { assessments } = guard(planOf(many('update', 4)), input({}));
  expect(assessments[0]).toMatchObject({
    status: 'blocked',
    reason: '4 of 10 machines to update, over limits.updates: 30%',
  });
});
