import { describe, expect, test } from 'vitest';
import type { Action, Assessment, Outcome } from '../../../src/model/pass/plan.ts';
import type { Report } from '../../../src/model/pass/report.ts';
import { continuedBy, reportOf, type ReportInput } from '../../../src/reconcile/report/report.ts';
import { reportWith } from '../../support/reports.ts';
import { planFor } from '../../support/team.ts';
import { createPassCache } from '../../../src/reconcile/passCache.ts';

const changes = [{ path: 'region', desired: 'ny2', observed: 'ca1' }];
const assessed = (over: Partial<Assessment> = {}): Assessment => ({
  kind: 'machines',
  name: 'm',
  id: '1',
  status: 'drifted',
  changes,
  unverifiable: [],
  reason: undefined,
  source: undefined,
  ...over,
});
const action = (verb: 'create' | 'update' | 'stop' | 'delete', over = {}): Action =>
  ({
    id: `machines/m:${verb}`,
    verb,
    kind: 'machines',
    name: 'm',
    resourceId: '1',
    changes: [],
    requires: [],
    ...over,
  }) as Action;
const ended = (result: Outcome['result'], over: Partial<Outcome> = {}): Outcome => ({
  result,
  attempts: 1,
  took: 1,
  ...over,
});

/** The cost of a team without machines. */
const noCosts = { costs: { rateOf: () => undefined }, changes: new Map() };

function report(
  assessments: readonly Assessment[],
  actions: readonly Action[],
  over: Partial<ReportInput> = {},
): Report {
  const header = reportWith();
  const plan = { ...planFor({}), assessments, actions };
  return reportOf(
    {
      ...header,
      ...noCosts,
      plan,
      conditions: new Map(),
      readings: new Map(),
      wakes: new Map(),
      expiries: new Map(),
      ...over,
    },
    createPassCache(),
  );
}

const outcomes = (...pairs: readonly (readonly [verb: string, Outcome])[]) =>
  new Map(pairs.map(([verb, outcome]) => [`machines/m:${verb}`, outcome]));

/** A resource as text, such as `failed m (1): why`. */
const said = ({ resources }: Report): string[] =>
  resources.map(
    ({ status, name, id, reason, changes: open }) =>
      `${status} ${name} (${id ?? 'no id'})${open.length > 0 ? ' changes' : ''}${reason === null ? '' : `: ${reason}`}`,
  );

describe('a resource after a pass', () => {
  test.each<{
    because: string;
    assessed?: Partial<Assessment>;
    /** It has no id yet. */
    isNew?: boolean;
    actions: readonly Action[];
    outcomes?: ReadonlyMap<string, Outcome>;
    says: readonly string[];
  }>([
    {
      because: 'a planned action does not change the status',
      actions: [action('update')],
      says: ['drifted m (1) changes'],
    },
    {
      because: 'after a done action the resource is in sync, without changes',
      actions: [action('update')],
      outcomes: outcomes(['update', ended('done')]),
      says: ['inSync m (1)'],
    },
    {
      because: 'one failure is enough, and comes first',
      actions: [action('stop'), action('update')],
      outcomes: outcomes(['stop', ended('pending')], ['update', ended('failed', { error: 'no' })]),
      says: ['failed m (1) changes: machines/m:update: no'],
    },
    {
      because: 'a pending action makes the resource pending',
      actions: [action('stop'), action('update')],
      outcomes: outcomes(['stop', ended('done')], ['update', ended('pending')]),
      says: ['pending m (1) changes: the API is at work on it'],
    },
    {
      because: 'a skipped action is the reason',
      actions: [action('update')],
      outcomes: outcomes(['update', ended('skipped', { error: 'it was told to stop' })]),
      says: ['drifted m (1) changes: machines/m:update was skipped: it was told to stop'],
    },
    {
      because: 'a partly blocked resource keeps its reason',
      assessed: { reason: 'suspended' },
      actions: [action('stop'), action('update', { blockedReason: 'suspended' })],
      outcomes: outcomes(['stop', ended('done')], ['update', ended('blocked')]),
      says: ['drifted m (1) changes: suspended'],
    },
    {
      because: 'a blocked resource stays blocked, whatever else was done',
      assessed: { status: 'blocked', reason: 'it is fixed' },
      actions: [action('update')],
      outcomes: outcomes(['update', ended('done')]),
      says: ['blocked m (1) changes: it is fixed'],
    },
    {
      because: 'a contended resource stays contended',
      assessed: { status: 'contended', reason: 'it was changed back' },
      actions: [action('update')],
      outcomes: outcomes(['update', ended('done')]),
      says: ['contended m (1) changes: it was changed back'],
    },
    {
      because: 'a deleted resource is not reported',
      actions: [action('delete')],
      outcomes: outcomes(['delete', ended('done')]),
      says: [],
    },
    {
      because: 'a resource that could not be deleted is reported',
      actions: [action('delete')],
      outcomes: outcomes(['delete', ended('failed', { error: 'no' })]),
      says: ['failed m (1) changes: machines/m:delete: no'],
    },
    {
      because: 'a replaced resource is reported',
      actions: [action('delete'), action('create')],
      outcomes: outcomes(['delete', ended('done')], ['create', ended('done')]),
      says: ['inSync m (1)'],
    },
    {
      because: 'a created resource has its id',
      isNew: true,
      assessed: { status: 'missing' },
      actions: [action('update'), action('create', { resourceId: undefined })],
      outcomes: outcomes(
        ['update', ended('done', { resourceId: 'other' })],
        ['create', ended('done', { resourceId: '2' })],
      ),
      says: ['inSync m (2)'],
    },
    {
      because: 'actions of other resources do not matter',
      actions: [action('update', { name: 'n', id: 'machines/n:update' })],
      outcomes: new Map([['machines/n:update', ended('failed')]]),
      says: ['drifted m (1) changes'],
    },
  ])('$because', ({ assessed: over, isNew = false, actions, outcomes: done, says }) => {
    const found = assessed(isNew ? { ...over, id: undefined } : over);
    expect(said(report([found], actions, done ? { outcomes: done } : {}))).toEqual(says);
  });
});

describe('an action', () => {
  test('that was not applied is planned, or blocked with its reason', () => {
    const held = action('delete', { blockedReason: 'suspended', resourceId: undefined });
    expect(report([], [action('update'), held]).actions).toEqual([
      {
        id: 'machines/m:update',
        verb: 'update',
        kind: 'machines',
        name: 'm',
        relation: null,
        member: null,
        resourceId: '1',
        changes: [],
        requires: [],
        outcome: 'planned',
        error: null,
        note: null,
        attempts: 0,
      },
      expect.objectContaining({ outcome: 'blocked', error: 'suspended', resourceId: null }),
    ]);
  });

  test('that was applied has its outcome', () => {
    const done = ended('done', { resourceId: '2', note: 'static', attempts: 3 });
    expect(
      report([], [action('update')], { outcomes: outcomes(['update', done]) }).actions[0],
    ).toMatchObject({ outcome: 'done', resourceId: '2', note: 'static', attempts: 3, error: null });
  });

  test('is counted by verb, unless it is blocked', () => {
    const actions = [action('update'), action('stop'), action('delete', { blockedReason: 'no' })];
    const { summary } = report([assessed(), assessed({ name: 'n', status: 'inSync' })], actions);
    expect(summary).toEqual({
      ...reportWith().summary,
      drifted: 1,
      inSync: 1,
      actions: { ...reportWith().summary.actions, update: 1, stop: 1 },
    });
  });
});

describe('the time of a status', () => {
  const address = 'machines/m';
  const since = '2026-11-20T00:00:00.000Z';
  const conditions: ReportInput['conditions'] = new Map([
    [address, { address, status: 'drifted', since, reason: null, openSince: since }],
  ]);
  const now = '2026-11-21T10:00:01.000Z';
  test.each([
    { because: 'it has that status already', status: 'drifted', is: '2026-11-20T00:00:00.000Z' },
    { because: 'it had another status', status: 'missing', is: now },
  ] as const)('$is: $because', ({ status, is }) => {
    const { resources } = report([assessed({ status })], [], { conditions });
    expect(resources.map((resource) => resource.since)).toEqual([is]);
  });

  test('is computed again for the same plan if it contains the time of the pass', () => {
    const header = reportWith();
    const plan = { ...planFor({}), assessments: [assessed()] };
    const cache = createPassCache();
    const none = new Map();
    const at = (finishedAt: string, known: ReportInput['conditions']) =>
      reportOf(
        {
          ...header,
          ...noCosts,
          finishedAt,
          plan,
          conditions: known,
          readings: new Map(),
          wakes: none,
          expiries: none,
        },
        cache,
      ).resources;
    expect(at('1', none)[0]?.since).toBe('1');
    expect(at('2', none)[0]?.since).toBe('2');
    const first = at('3', conditions);
    expect(at('4', conditions)).toBe(first);
    expect(at('5', none)[0]?.since).toBe('5');
  });
});

test('a machine that is awake is reported with the end of its wake', () => {
  const wake = { until: '2026-11-21T14:00:00.000Z', by: 'ada' };
  const wakes = new Map([['machines/m' as const, { at: '2026-11-21T10:00:00.000Z', ...wake }]]);
  const { resources } = report([assessed(), assessed({ name: 'n' })], [], { wakes });
  expect(resources.map((resource) => resource.wake)).toEqual([wake, undefined]);
});

test('rotated relations are reported with the time of their last read', () => {
  const own = { tags: '2026-11-21T09:00:00.000Z' };
  const readings: ReportInput['readings'] = new Map([['machines/m', own]]);
  const { resources } = report([assessed(), assessed({ name: 'n' })], [], { readings });
  expect(resources.map((resource) => resource.readings)).toEqual([own, undefined]);
});

test('unknown properties of a resource are null', () => {
  const source = { file: 'team.yaml', line: 1, column: 1 };
  const { resources, schema, complete } = report(
    [assessed({ source, unverifiable: ['script'] }), assessed({ name: 'n' })],
    [],
  );
  expect(resources[0]).toMatchObject({ source, unverifiable: ['script'], reason: null });
  expect(resources[1]?.source).toBe(null);
  expect([schema, complete]).toEqual(['holdfast/report/v1', true]);
});

test('the report of a continued pass has the actions of both passes, each once', () => {
  const usage = { requests: 3, retries: 1, rateLimited: 1, waitedMs: 10 };
  const before = report([], [action('create'), action('update'), action('stop')], {
    outcomes: outcomes(
      ['create', ended('done')],
      ['update', ended('done')],
      ['stop', ended('pending')],
    ),
    startedAt: '2026-11-21T09:00:00.000Z',
  });
  const next = report([], [action('update')], { outcomes: outcomes(['update', ended('done')]) });
  const joined = continuedBy(
    { ...before, api: { ...before.api, ...usage } },
    { ...next, api: { ...next.api, ...usage } },
  );
  expect(joined.startedAt).toBe('2026-11-21T09:00:00.000Z');
  expect(joined.actions.map(({ verb, outcome }) => `${verb} ${outcome}`)).toEqual([
    'create done',
    'update done',
  ]);
  expect(joined.summary.actions).toMatchObject({ create: 1, update: 1, stop: 0 });
  expect(joined.api).toMatchObject({ requests: 6, retries: 2, rateLimited: 2, waitedMs: 20 });
});
