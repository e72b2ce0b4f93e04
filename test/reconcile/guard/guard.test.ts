import { describe, expect, test } from 'vitest';
import type { Action, Plan } from '../../../src/model/pass/plan.ts';
import type { FailureRecord, Write } from '../../../src/model/memory.ts';
import { catalog } from '../../support/team.ts';
import type { PlanCost } from '../../../src/reconcile/pricing/planCost.ts';
import { guard, type GuardInput } from '../../../src/reconcile/guard/guard.ts';
import { findingsOf } from '../../support/team.ts';

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

const member = (name: string, verb: 'update' | 'assign'): Action => ({
  id: `machines/${name}:${verb}(rel/k)`,
  kind: 'machines',
  name,
  verb,
  relation: 'rel',
  member: { id: 'k' },
  memberName: 'k',
  changes: [],
  requires: [],
});

const changing = (...paths: string[]): Action['changes'] =>
  paths.map((path) => ({ path, desired: 1, observed: 2 }));

const planOf = (actions: readonly Action[], reason?: string): Plan => ({
  actions,
  assessments: actions.map(({ kind, name }) => ({
    kind,
    name,
    id: undefined,
    status: 'drifted',
    changes: [],
    unverifiable: [],
    reason,
    source: undefined,
  })),
  complete: true,
  toBind: [],
  toUnbind: [],
  unlisted: [],
  listedAgain: [],
  endedObligations: [],
  requiredLists: [],
  validUntil: undefined,
});

/** The cost of a plan whose creates and starts raise the cost. */
const costing =
  (change: number, known: { isKnown?: boolean; unpriced?: readonly string[] } = {}) =>
  ({ actions }: Plan): PlanCost => ({
    cost: {
      currency: 'USD',
      unpriced: known.unpriced ?? [],
      hourly: { managed: 10, unmanaged: 5, change },
      monthly: { change: 0 },
    },
    isKnown: known.isKnown ?? true,
    raising: new Map(
      actions.flatMap(({ id, verb }) =>
        verb === 'create' || verb === 'start'
          ? [[id, id === 'machines/unpriced:create' ? 'unknown' : 'known'] as const]
          : [],
      ),
    ),
  });

const input = (
  over: Partial<Omit<GuardInput, 'limits'>> & { limits?: Partial<GuardInput['limits']> },
): GuardInput => ({
  costOf: costing(3),
  unknownTeam: undefined,
  graceUntil: undefined,
  liveCount: () => 10,
  budgets: [],
  labelsOf: () => undefined,
  deletedToday: 0,
  force: false,
  approved: false,
  honourBackoff: true,
  memory: {
    suspended: new Map(),
    failures: new Map(),
    writes: new Map(),
    obligations: new Map(),
  },
  kinds: catalog.kinds,
  now: new Date('2026-11-21T10:00:00Z'),
  window: { open: true },
  shortages: new Map(),
  notApproved: () => undefined,
  fingerprints: { yaml: () => 'yaml', both: () => 'both' },
  ...over,
  limits: {
    updates: { percent: 30 },
    deletions: { percent: 10 },
    deletionsPerDay: 5,
    hourlyCost: null,
    disruption: {},
    ...over.limits,
  },
});

const many = (verb: 'update' | 'delete', count: number): Action[] =>
  Array.from({ length: count }, (_, index) => action(verb, `m${index}`));

/** The actions as text, with the remaining fields of an update, and the reason if it is blocked. */
const linesOf = ({ actions }: Plan): string[] =>
  actions.map(({ id, changes, blockedReason }) =>
    [
      id,
      ...changes.map(({ path }) => path),
      ...(blockedReason === undefined ? [] : [`blocked: ${blockedReason}`]),
    ].join(' '),
  );

const blockedReasonsOf = (plan: Plan): string[] => [
  ...new Set(plan.actions.flatMap(({ blockedReason }) => blockedReason ?? [])),
];

describe('limits', () => {
  test.each([
    { name: 'within', because: '3 of 10 are 30 %', actions: many('update', 3), reasons: [] },
    {
      name: 'completing creates',
      because: 'updates of new resources change nothing live',
      actions: [
        ...many('update', 3),
        ...['x', 'y'].flatMap((name) => [
          action('create', name),
          action('update', name, [`machines/${name}:create`]),
        ]),
      ],
      reasons: [],
    },
    {
      name: 'over',
      because: 'a fourth exceeds the limit, which blocks the whole class',
      actions: many('update', 4),
      reasons: [
        '4 of 10 machines to update, over limits.updates: 30%; approve the plan, or apply with --force',
      ],
    },
    {
      name: 'small team',
      because: 'a percentage of a few machines means nothing',
      actions: many('update', 9),
      live: 9,
      reasons: [],
    },
    {
      name: 'just large enough',
      because: 'a limit in per cent applies from ten on',
      actions: many('update', 4),
      live: 10,
      reasons: [
        '4 of 10 machines to update, over limits.updates: 30%; approve the plan, or apply with --force',
      ],
    },
    {
      name: 'one resource, two updates',
      because: 'resources are counted, not requests',
      actions: [...many('update', 3), member('m0', 'update')],
      reasons: [],
    },
    {
      name: 'at the number',
      because: 'a limit is inclusive',
      actions: many('update', 2),
      live: 3,
      limits: { updates: { count: 2 } },
      reasons: [],
    },
    {
      name: 'creates',
      because: 'creates count for neither limit',
      actions: [action('create', 'a'), action('create', 'b')],
      limits: { updates: { count: 0 }, deletions: { count: 0 } },
      reasons: [],
    },
    {
      name: 'another kind',
      because: 'limits apply per kind',
      actions: [...many('update', 3), { ...action('update', 'n'), kind: 'privateNetworks' }],
      reasons: [],
    },
    {
      name: 'blocked already',
      because: 'blocked actions do not count',
      actions: [...many('update', 3), { ...action('update', 'm9'), blockedReason: 'not today' }],
      reasons: ['not today'],
    },
    {
      name: 'deletion blocked already',
      because: 'it deletes nothing today',
      actions: [action('delete', 'a'), { ...action('delete', 'b'), blockedReason: 'not today' }],
      today: 4,
      reasons: ['not today'],
    },
    {
      name: 'an update that waits for another create',
      because: 'it changes a live resource',
      actions: [action('create', 'n'), action('update', 'm', ['machines/n:create'])],
      limits: { updates: { count: 0 } },
      reasons: [
        '1 of 10 machines to update, over limits.updates: 0; approve the plan, or apply with --force',
      ],
    },
    {
      name: 'day, within',
      because: 'the fifth of five is allowed',
      actions: many('delete', 1),
      today: 4,
      reasons: [],
    },
    {
      name: 'day, nothing to delete',
      because: 'an exceeded limit blocks no other verb',
      actions: many('update', 1),
      today: 9,
      reasons: [],
    },
    {
      name: 'day, beside others',
      because: 'it blocks only deletions',
      actions: [action('create', 'a'), action('delete', 'b')],
      limits: { deletionsPerDay: 0 },
      reasons: [
        '0 deleted in 24 hours and 1 to delete, over limits.deletionsPerDay: 0; approve the plan, or apply with --force',
      ],
    },
    {
      name: 'approved',
      because: 'somebody approved exactly this plan',
      actions: many('update', 10),
      approved: true,
      reasons: [],
    },
    {
      name: 'cost, exceeded by running machines',
      because: 'a plan that adds nothing is not blocked',
      actions: [action('create', 'a')],
      limits: { hourlyCost: 1 },
      change: 0,
      reasons: [],
    },
    {
      name: 'cost of a start',
      because: 'a start costs, and an update does not',
      actions: [action('start', 'a'), action('update', 'b')],
      limits: { hourlyCost: 17 },
      reasons: [
        '15 USD/h now and 3 more, over limits.hourlyCost: 17; approve the plan, or apply with --force',
      ],
    },
    {
      name: 'number',
      because: 'a limit by number applies to any size',
      actions: many('update', 3),
      live: 3,
      limits: { updates: { count: 2 } },
      reasons: [
        '3 of 3 machines to update, over limits.updates: 2; approve the plan, or apply with --force',
      ],
    },
    {
      name: 'deletions',
      because: '2 of 10 exceed 10 %',
      actions: many('delete', 2),
      reasons: [
        '2 of 10 machines to delete, over limits.deletions: 10%; approve the plan, or apply with --force',
      ],
    },
    {
      name: 'day',
      because: 'deletions of the last 24 hours count',
      actions: many('delete', 1),
      today: 5,
      reasons: [
        '5 deleted in 24 hours and 1 to delete, over limits.deletionsPerDay: 5; approve the plan, or apply with --force',
      ],
    },
    {
      name: 'forced',
      because: 'the operator overrides the guard',
      actions: many('update', 10),
      force: true,
      reasons: [],
    },
    {
      name: 'cost',
      because: '18 USD/h would exceed 17',
      actions: [action('create', 'a')],
      limits: { hourlyCost: 17 },
      reasons: [
        '15 USD/h now and 3 more, over limits.hourlyCost: 17; approve the plan, or apply with --force',
      ],
    },
    {
      name: 'cost within',
      because: '18 USD/h are allowed',
      actions: [action('create', 'a')],
      limits: { hourlyCost: 18 },
      reasons: [],
    },
    {
      name: 'dependants',
      because: 'an action that requires a blocked action is blocked',
      actions: [...many('update', 4), action('start', 'm0', ['machines/m0:update'])],
      reasons: [
        '4 of 10 machines to update, over limits.updates: 30%; approve the plan, or apply with --force',
        'waits for machines/m0:update',
      ],
    },
  ])(
    '$name: $because',
    ({ actions, reasons, live = 10, limits = {}, today = 0, change, ...over }) => {
      const guarded = guard(
        planOf(actions),
        input({
          limits,
          liveCount: () => live,
          deletedToday: today,
          ...over,
          ...(change === undefined ? {} : { costOf: costing(change) }),
        }),
      );
      expect(blockedReasonsOf(guarded)).toEqual(reasons);
    },
  );

  test('a class that exceeds its limit is blocked as a whole, and nothing else', () => {
    const actions = [...many('update', 4), action('create', 'new'), action('delete', 'old')];
    expect(linesOf(guard(planOf(actions), input({})))).toEqual([
      ...[0, 1, 2, 3].map(
        (n) =>
          `machines/m${n}:update blocked: 4 of 10 machines to update, over limits.updates: 30%; approve the plan, or apply with --force`,
      ),
      'machines/new:create',
      'machines/old:delete',
    ]);
  });
});

test('an unknown price blocks with the setting that supplies it, and what else lifts the block', () => {
  const unpriced = planOf([action('create', 'a')]);
  const costOf = costing(3, { isKnown: false, unpriced: ['C9'] });
  expect(blockedReasonsOf(guard(unpriced, input({ limits: { hourlyCost: 99 }, costOf })))).toEqual([
    'no price is known for C9 (settings.prices), so the cost may go over limits.hourlyCost: 99; approve the plan, or apply with --force',
  ]);
});

describe('the actions that a limit blocks', () => {
  const network: Action = { ...action('update', 'n'), id: 'n', kind: 'privateNetworks' };
  test.each([
    {
      because: 'a class has one kind',
      actions: [...many('update', 4), network],
      limits: {},
      free: ['n'],
    },
    {
      because: 'the daily limit covers deletions',
      actions: [action('create', 'a'), action('delete', 'b')],
      limits: { deletionsPerDay: 0 },
      free: ['machines/a:create'],
    },
    {
      because: 'the cost limit covers creates and starts',
      actions: [action('create', 'a'), action('start', 'b'), action('update', 'c')],
      limits: { hourlyCost: 17 },
      free: ['machines/c:update'],
    },
  ])('$because', ({ actions, limits, free }) => {
    const guarded = guard(planOf(actions), input({ limits }));
    expect(
      guarded.actions.flatMap(({ id, blockedReason }) => (blockedReason === undefined ? [id] : [])),
    ).toEqual(free);
  });
});

describe('rules', () => {
  const yesterday = '2026-11-20T10:00:00Z';
  const tomorrow = '2026-11-22T10:00:00Z';
  const failure = (over: Partial<FailureRecord>): GuardInput['memory']['failures'] =>
    new Map([
      [
        'machines/a:create',
        {
          action: 'machines/a:create',
          address: 'machines/a',
          failures: 1,
          at: yesterday,
          retryAt: '2026-11-21T10:00:01Z',
          fingerprint: 'both',
          error: 'no',
          ...over,
        },
      ],
    ]);
  const written = (count: number, over: Partial<Write> = {}): GuardInput['memory']['writes'] =>
    new Map([
      [
        'machines/a',
        Array.from({ length: count }, (_, index) => ({
          address: 'machines/a' as const,
          path: 'x',
          at: `2026-11-21T09:${30 + index}:00Z`,
          fingerprint: 'yaml',
          ...over,
        })),
      ],
    ]);
  const contended = (path: string, until = '10:30') =>
    `${path}: written three times within an hour and found changed again; left alone until 2026-11-21T${until}:00.000Z, or until it is resumed`;
  const suspension = { at: yesterday, by: null, reason: null, until: null };
  const suspended = new Map([['machines/a' as const, suspension]]);
  const all = { ...suspension, by: 'on-call', reason: 'an incident', until: tomorrow };
  const suspendedAll = new Map([['*' as const, all]]);
  const because = `everything is suspended since ${yesterday} by on-call until ${tomorrow}: an incident; to end that: holdfast resume --all`;
  const update = action('update', 'a');
  const both: Action = {
    ...update,
    verb: 'update',
    fields: ['x', 'y'],
    changes: changing('x', 'y'),
  };

  test.each<{
    name: string;
    because: string;
    actions?: readonly Action[];
    over?: Omit<Parameters<typeof input>[0], 'memory'>;
    memory?: Partial<GuardInput['memory']>;
    reason?: string;
    lines: readonly string[];
    findings: readonly string[];
  }>([
    {
      name: 'nothing blocked',
      because: 'a plan that may run is not changed',
      lines: ['machines/a:create'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'suspended',
      because: 'only the suspended resource is blocked',
      actions: [action('create', 'a'), action('create', 'b')],
      memory: { suspended },
      lines: [
        `machines/a:create blocked: suspended since ${yesterday}; to end that: holdfast resume machines/a`,
        'machines/b:create',
      ],
      findings: [
        `blocked machines/a: suspended since ${yesterday}; to end that: holdfast resume machines/a`,
        'drifted machines/b',
      ],
    },
    {
      name: 'suspended, with a name that is no path',
      because: 'the request must be one that works',
      actions: [action('create', 'a/b 1\ud800')],
      memory: { suspended: new Map([['machines/a/b 1\ud800', suspension]]) },
      lines: [
        `machines/a/b 1\ud800:create blocked: suspended since ${yesterday}; to end that: holdfast resume 'machines/a/b 1\ufffd'`,
      ],
      findings: [
        `blocked machines/a/b 1\ud800: suspended since ${yesterday}; to end that: holdfast resume 'machines/a/b 1\ufffd'`,
      ],
    },
    {
      name: 'everything is suspended',
      because: 'every action is blocked, owed ones too, and force does not lift it',
      actions: [action('create', 'a'), { ...action('start', 'b'), owed: true as const }],
      memory: { suspended: suspendedAll },
      over: { force: true },
      lines: [`machines/a:create blocked: ${because}`, `machines/b:start blocked: ${because}`],
      findings: [`blocked machines/a: ${because}`, `blocked machines/b: ${because}`],
    },
    {
      name: 'suspended, and forced',
      because: 'force lifts limits, not suspensions',
      memory: { suspended },
      over: { force: true },
      lines: [
        `machines/a:create blocked: suspended since ${yesterday}; to end that: holdfast resume machines/a`,
      ],
      findings: [
        `blocked machines/a: suspended since ${yesterday}; to end that: holdfast resume machines/a`,
      ],
    },
    {
      name: 'blocked already',
      because: 'the first reason stays',
      actions: [{ ...action('create', 'a'), blockedReason: 'no template' }],
      memory: { suspended },
      lines: ['machines/a:create blocked: no template'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'blocked already beside another',
      because: 'reasons of the plan are not repeated as reasons of the guard',
      actions: [{ ...update, blockedReason: 'no template' }, action('start', 'a')],
      memory: { suspended },
      lines: [
        'machines/a:update blocked: no template',
        `machines/a:start blocked: suspended since ${yesterday}; to end that: holdfast resume machines/a`,
      ],
      findings: [
        `blocked machines/a: suspended since ${yesterday}; to end that: holdfast resume machines/a`,
      ],
    },
    {
      name: 'a finding with a reason',
      because: 'the earlier reason is kept',
      reason: 'it is old',
      memory: { suspended },
      lines: [
        `machines/a:create blocked: suspended since ${yesterday}; to end that: holdfast resume machines/a`,
      ],
      findings: [
        `blocked machines/a: it is old; suspended since ${yesterday}; to end that: holdfast resume machines/a`,
      ],
    },
    {
      name: 'outside the windows',
      because: 'the reason has the next opening',
      over: { window: { open: false, next: new Date('2026-11-22T02:00:00Z') } },
      lines: [
        'machines/a:create blocked: outside settings.windows, the next opens at 2026-11-22T02:00:00.000Z; apply with --force does not wait',
      ],
      findings: [
        'blocked machines/a: outside settings.windows, the next opens at 2026-11-22T02:00:00.000Z; apply with --force does not wait',
      ],
    },
    {
      name: 'outside windows that never open again',
      because: 'then there is no time to name',
      over: { window: { open: false } },
      lines: [
        'machines/a:create blocked: outside settings.windows; apply with --force does not wait',
      ],
      findings: ['blocked machines/a: outside settings.windows; apply with --force does not wait'],
    },
    {
      name: 'outside the windows, forced',
      because: 'the operator overrides the guard',
      over: { window: { open: false }, force: true },
      lines: ['machines/a:create'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'not approved',
      because: 'only reviewed actions are applied',
      over: {
        notApproved: ({ id }) => (id === 'machines/a:create' ? 'it is not in it' : undefined),
      },
      actions: [action('create', 'a'), action('create', 'b')],
      lines: ['machines/a:create blocked: it is not in it', 'machines/b:create'],
      findings: ['blocked machines/a: it is not in it', 'drifted machines/b'],
    },
    {
      name: 'without capacity',
      because: 'it would be refused',
      over: { shortages: new Map([['machines/a:create', 'none left']]) },
      actions: [action('create', 'a'), action('create', 'b')],
      lines: ['machines/a:create blocked: none left', 'machines/b:create'],
      findings: ['blocked machines/a: none left', 'drifted machines/b'],
    },
    {
      name: 'backing off',
      because: 'a failed action is retried later',
      memory: { failures: failure({}) },
      actions: [action('create', 'a'), action('create', 'b')],
      lines: [
        'machines/a:create blocked: failed once; next attempt at 2026-11-21T10:00:01Z, or with holdfast apply: no',
        'machines/b:create',
      ],
      findings: [
        'failed machines/a: failed once; next attempt at 2026-11-21T10:00:01Z, or with holdfast apply: no',
        'drifted machines/b',
      ],
    },
    {
      name: 'backing off, and a person asks',
      because: 'a person does not wait',
      memory: { failures: failure({}) },
      over: { honourBackoff: false },
      lines: ['machines/a:create'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'refused permanently, and forced',
      because: 'the operator wants it tried',
      memory: { failures: failure({ retryAt: null }) },
      over: { force: true },
      lines: ['machines/a:create'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'refused, and changed since',
      because: 'with another YAML or live state the API may accept it',
      memory: { failures: failure({ retryAt: null, fingerprint: 'before' }) },
      lines: ['machines/a:create'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'two reasons',
      because: 'the most severe gives the status, and the first gives the text',
      actions: [update, action('create', 'a')],
      memory: { failures: failure({ retryAt: null }), writes: written(3) },
      lines: [
        `machines/a:update blocked: ${contended('x')}`,
        `machines/a:create blocked: refused at ${yesterday}; not retried until its YAML or its live state changes, it is resumed, or it is applied with --force: no`,
      ],
      findings: [`contended machines/a: ${contended('x')}`],
    },
    {
      name: 'two reasons, the more severe one last',
      because: 'the order of actions does not matter',
      actions: [action('create', 'a'), update],
      memory: { failures: failure({ retryAt: null }), writes: written(3) },
      lines: [
        `machines/a:create blocked: refused at ${yesterday}; not retried until its YAML or its live state changes, it is resumed, or it is applied with --force: no`,
        `machines/a:update blocked: ${contended('x')}`,
      ],
      findings: [
        `contended machines/a: refused at ${yesterday}; not retried until its YAML or its live state changes, it is resumed, or it is applied with --force: no`,
      ],
    },
    {
      name: 'written twice',
      because: 'contention needs three writes',
      actions: [update],
      memory: { writes: written(2) },
      lines: ['machines/a:update'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'written three times',
      because: 'it is left alone until the first write is an hour old',
      actions: [update],
      memory: { writes: written(3) },
      lines: [`machines/a:update blocked: ${contended('x')}`],
      findings: [`contended machines/a: ${contended('x')}`],
    },
    {
      name: 'written four times',
      because: 'the newest three count',
      actions: [update],
      memory: { writes: written(4) },
      lines: [`machines/a:update blocked: ${contended('x', '10:31')}`],
      findings: [`contended machines/a: ${contended('x', '10:31')}`],
    },
    {
      name: 'written an hour ago to the second',
      because: 'then the hour is over',
      actions: [update],
      memory: { writes: written(3, { at: '2026-11-21T09:00:00Z' }) },
      lines: ['machines/a:update'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'another field written',
      because: 'fields are counted separately',
      actions: [update],
      memory: { writes: written(3, { path: 'y' }) },
      lines: ['machines/a:update'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'written for another YAML',
      because: 'the present YAML has not been written yet',
      actions: [update],
      memory: { writes: written(3, { fingerprint: 'before' }) },
      lines: ['machines/a:update'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'one field of two',
      because: 'the other field is still written',
      actions: [both],
      memory: { writes: written(3) },
      lines: ['machines/a:update y'],
      findings: [`contended machines/a: ${contended('x')}`],
    },
    {
      name: 'one field of two, with neighbours',
      because: 'other resources are not changed',
      actions: [action('create', 'b'), both],
      reason: 'it is old',
      memory: { writes: written(3) },
      lines: ['machines/b:create', 'machines/a:update y'],
      findings: ['drifted machines/b: it is old', `contended machines/a: ${contended('x')}`],
    },
    {
      name: 'both fields',
      because: 'the later end counts',
      actions: [both],
      memory: {
        writes: new Map([
          [
            'machines/a',
            [
              ...(written(3).get('machines/a') ?? []),
              ...(written(3, { path: 'y', at: '2026-11-21T09:50:00Z' }).get('machines/a') ?? []),
            ],
          ],
        ]),
      },
      lines: [`machines/a:update x y blocked: ${contended('x, y', '10:50')}`],
      findings: [`contended machines/a: ${contended('x, y', '10:50')}`],
    },
    {
      name: 'a member',
      because: 'members are counted separately',
      actions: [member('a', 'update')],
      memory: { writes: written(3, { path: 'rel/k' }) },
      lines: [`machines/a:update(rel/k) blocked: ${contended('rel/k')}`],
      findings: [`contended machines/a: ${contended('rel/k')}`],
    },
    {
      name: 'a resource that somebody deletes again and again',
      because: 'it is not created forever',
      memory: { writes: written(3, { path: 'create' }) },
      lines: [`machines/a:create blocked: ${contended('create')}`],
      findings: [`contended machines/a: ${contended('create')}`],
    },
    {
      name: 'a machine that is started again and again',
      because: 'somebody wants it off',
      actions: [action('start', 'a')],
      memory: { writes: written(3, { path: 'state=start' }) },
      lines: [`machines/a:start blocked: ${contended('state=start')}`],
      findings: [`contended machines/a: ${contended('state=start')}`],
    },
    {
      name: 'a deletion',
      because: 'it is not repeated, so it cannot be contended',
      actions: [action('delete', 'a')],
      memory: { writes: written(3, { path: 'delete' }) },
      lines: ['machines/a:delete'],
      findings: ['drifted machines/a'],
    },
  ])(
    '$name: $because',
    ({ actions = [action('create', 'a')], over = {}, memory, reason, ...expected }) => {
      const plan = planOf(actions, reason);
      const emptyMemory = input({}).memory;
      const guarded = guard(plan, input({ ...over, memory: { ...emptyMemory, ...memory } }));
      expect(linesOf(guarded)).toEqual(expected.lines);
      expect([...new Set(findingsOf(guarded))]).toEqual(expected.findings);
    },
  );

  test('a plan without blocked actions is returned itself', () => {
    const plan = planOf([update]);
    expect(guard(plan, input({}))).toBe(plan);
    expect(guard(plan, input({ limits: { deletionsPerDay: 0 } }))).toBe(plan);
  });
});

test('a resource with a blocked action is blocked, with the figures', () => {
  const { assessments } = guard(planOf(many('update', 4)), input({}));
  expect(assessments[0]).toMatchObject({
    status: 'blocked',
    reason:
      '4 of 10 machines to update, over limits.updates: 30%; approve the plan, or apply with --force',
  });
});
