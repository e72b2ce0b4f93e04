import { describe, expect, test } from 'vitest';
import type { Action, Outcome } from '../../../src/model/pass/plan.ts';
import type { Address, Desired } from '../../../src/model/resource.ts';
import type { Memory } from '../../../src/model/memory.ts';
import type { Store } from '../../../src/model/store.ts';
import { fingerprintsOf, idsIn } from '../../../src/reconcile/compare/fingerprints.ts';
import { completeListing } from '../../../src/reconcile/observe/observe.ts';
import { recordOutcomes, recordBindings } from '../../../src/reconcile/apply/recordPass.ts';
import type { Prepared, Workspace } from '../../../src/reconcile/workspace.ts';
import type { ReadValue } from '../../../src/reconcile/compare/writeOnly.ts';
import { bound, catalog, have, now, planFor, text, want, type Live } from '../../support/team.ts';

/** The values that a store receives, by the name of the call. */
type Kept = Record<string, unknown>;

function workspaceKeeping(kept: Kept): Workspace {
  const store = Object.fromEntries(
    [
      'bind',
      'unbind',
      'recordListRead',
      'recordPrices',
      'saveDigests',
      'recordOutcomes',
      'clearObligation',
      'clearIntent',
      'markUnlisted',
    ].map((call) => [call, async (...given: readonly unknown[]) => void (kept[call] = given)]),
  ) as unknown as Store;
  return { catalog, store, clock: { now: () => now }, random: () => 0.5 } as unknown as Workspace;
}

const memory = {
  bindings: new Map(),
  digests: new Map(),
  setbacks: new Map(),
  memberIntents: new Map(),
  prices: new Map(),
};
const policy = { visibility: 120_000 };

/** The parts of a prepared pass that are recorded. */
const prepared = (over: Partial<Omit<Prepared, 'memory'>> & { memory?: Partial<Memory> }) =>
  ({
    pass: 'P',
    plan: planFor({}),
    desired: new Map(),
    values: new Map(),
    snapshot: new Map(),
    startedAt: now,
    vanished: [],
    capacity: { held: new Map(), shortages: new Map(), available: [] },
    ...over,
    memory: { ...memory, ...over.memory },
    costs: over.costs ?? { book: { shown: () => new Map([['machines usage c5', 0.07]]) } },
  }) as unknown as Prepared;

const byAddress = (...all: readonly Desired[]) =>
  new Map(all.map((resource) => [resource.address, resource]));
const read = (digest: string): ReadValue => ({ ok: true, text: '', digest });
const at = now.toISOString();

describe('a recognised resource', () => {
  const machine = want('machines', 'm', {});
  const script = want('startupScripts', 's', { script: text('echo') });
  const toBind = [
    { address: 'machines/m' as const, id: '1', protected: true },
    { address: 'startupScripts/s' as const, id: '2', protected: false },
    { address: 'machines/gone' as const, id: '3', protected: false },
  ];
  const plan = { ...planFor({}), toBind, toUnbind: ['machines/old'] as const };
  const values = new Map([
    ['machines/m' as const, new Map([['template', read('t')]])],
    ['startupScripts/s' as const, new Map([['script', read('s')]])],
  ]);
  const desired = byAddress(machine, script);
  const known = (id: string) => ({ bindings: new Map([['machines/m' as const, bound(id)]]) });
  const digests = new Map([['machines/m' as const, { template: 'before' }]]);
  const taken = [{ address: 'machines/m', digests: { template: 't' } }];

  test('is bound as not created, gone resources are unbound, and reads of rotated lists are recorded', async () => {
    const kept: Kept = {};
    const snapshot = new Map(
      ['machines', 'machines/1.accessors', 'projects/1.tags'].map(
        (key) => [key, completeListing({ name: key }, [])] as const,
      ),
    );
    await recordBindings(workspaceKeeping(kept), policy, prepared({ plan, snapshot }));
    expect(kept['bind']).toEqual([
      toBind.map((found) => ({ ...found, boundAt: at, created: false })),
    ]);
    expect(kept['unbind']).toEqual([['machines/old']]);
    expect(kept['recordListRead']).toEqual([['machines/1.accessors'], at]);
    expect(kept['saveDigests']).toEqual([[]]);
    expect(kept['recordPrices']).toEqual([[['machines usage c5', 0.07]]]);
  });

  test.each<{ because: string; memory?: Partial<Memory>; value?: ReadValue; written: unknown }>([
    { because: 'an immutable value must be the one at creation', written: taken },
    {
      because: 'digests of another resource do not apply',
      memory: { ...known('other'), digests },
      written: taken,
    },
    { because: 'it has no digest yet', memory: known('1'), written: taken },
    { because: 'it has a digest already', memory: { ...known('1'), digests }, written: [] },
    {
      because: 'a value that cannot be read has no digest',
      value: { ok: false, because: 'it is not set' },
      written: [],
    },
  ])('$because', async ({ memory: before = {}, value = read('t'), written }) => {
    const kept: Kept = {};
    const own = new Map([...values, ['machines/m' as const, new Map([['template', value]])]]);
    await recordBindings(
      workspaceKeeping(kept),
      policy,
      prepared({ plan, desired, values: own, memory: before }),
    );
    expect(kept['saveDigests']).toEqual([written]);
  });
});

describe('the outcomes of a pass', () => {
  const update = (name: string): Action => ({
    id: `machines/${name}:update`,
    verb: 'update',
    kind: 'machines',
    name,
    resourceId: `id-${name}`,
    fields: ['diskSize'],
    changes: [{ path: 'diskSize', desired: 100, observed: 50 }],
    requires: [],
  });
  const plan = { ...planFor({}), actions: ['a', 'b', 'c', 'd'].map(update) };
  const outcome = (result: Outcome['result'], over: Partial<Outcome> = {}): Outcome => ({
    result,
    attempts: 1,
    took: 7,
    ...over,
  });
  const outcomes = new Map([
    ['machines/a:update', outcome('done')],
    ['machines/b:update', outcome('failed', { error: 'no' })],
    ['machines/c:update', outcome('skipped', { attempts: 0 })],
    ['machines/d:update', outcome('pending')],
  ]);
  const setback = (action: string) => ({
    action,
    address: action.slice(0, action.indexOf(':')) as Address,
    failures: 1,
    at: '2026-11-21T09:00:00.000Z',
    retryAt: null,
    fingerprint: 'f',
    error: 'no',
  });
  const setbacks = new Map(
    ['machines/b:update', 'machines/old:update'].map((id) => [id, setback(id)] as const),
  );
  const desired = byAddress(...['a', 'b', 'c', 'd'].map((name) => want('machines', name, {})));

  test.each([
    {
      complete: true,
      because: 'the failure record of an action that is not planned any more ends',
      over: true,
    },
    {
      complete: false,
      because: 'after an incomplete plan the action may be planned again',
      over: false,
    },
  ])('$because', async ({ complete, over }) => {
    const kept: Kept = {};
    const shortages = new Map([['C5', { refusals: 1, retryAt: at }]]);
    const capacity = { held: new Map(), shortages, available: ['C7'] };
    const pass = prepared({
      plan: { ...plan, complete },
      desired,
      capacity,
      memory: { failures: setbacks },
    });
    await recordOutcomes(workspaceKeeping(kept), pass, outcomes);
    const { yaml, both } = fingerprintsOf(desired, new Map(), new Map(), plan);
    const deed = {
      pass: 'P',
      verb: 'update',
      changes: JSON.stringify(plan.actions[0]?.changes),
      at,
    };
    expect(kept['recordOutcomes']).toEqual([
      {
        failed: [
          expect.objectContaining({
            action: 'machines/b:update',
            error: 'no',
            fingerprint: both('machines/b'),
          }),
        ],
        done: ['machines/a:update', ...(over ? ['machines/old:update'] : [])],
        writes: (['machines/a', 'machines/d'] as const).map((address) => ({
          address,
          path: 'diskSize',
          at,
          fingerprint: yaml(address),
        })),
        deeds: [
          { name: 'a', outcome: 'done', error: null },
          { name: 'b', outcome: 'failed', error: 'no' },
          { name: 'd', outcome: 'pending', error: null },
        ].map(({ name, outcome: ended, error }) => ({
          ...deed,
          address: `machines/${name}`,
          action: `machines/${name}:update`,
          outcome: ended,
          error,
          took: 7,
        })),
        shortages,
        available: ['C7'],
      },
    ]);
  });
});

describe('a fingerprint', () => {
  const machine = want('machines', 'm', { diskSize: 50 });
  const there = have('machines', 'm', { diskSize: 50 });
  const of = (
    desired: Desired | undefined,
    live: Live | undefined,
    value?: ReadValue,
    kind = 'machines',
  ) => {
    const items = live ? [live] : [];
    const plan = planFor({ want: desired ? [desired] : [], have: items });
    return fingerprintsOf(
      byAddress(...(desired ? [desired] : [])),
      new Map(value ? [['machines/m' as const, new Map([['template', value]])]] : []),
      new Map([[kind, completeListing({ name: kind }, items)]]),
      plan,
    );
  };
  const first = of(machine, there, read('t'));

  test('is equal for equal resources', () => {
    expect(of(machine, there, read('t')).both('machines/m')).toBe(first.both('machines/m'));
  });

  test.each([
    {
      because: 'another field',
      changed: of(want('machines', 'm', { diskSize: 100 }), there, read('t')),
    },
    {
      because: 'another lifecycle',
      changed: of(want('machines', 'm', { diskSize: 50 }, { allowStop: true }), there, read('t')),
    },
    { because: 'another secret', changed: of(machine, there, read('u')) },
    {
      because: 'a secret that cannot be read',
      changed: of(machine, there, { ok: false, because: 'it is not set' }),
    },
    { because: 'no secret', changed: of(machine, there) },
    { because: 'no declaration', changed: of(undefined, there, read('t')) },
  ])('differs for $because in YAML', ({ changed }) => {
    expect(changed.yaml('machines/m')).not.toBe(first.yaml('machines/m'));
    expect(changed.both('machines/m')).not.toBe(first.both('machines/m'));
  });

  test.each([
    { because: 'another id', live: { ...there, id: '2' } },
    { because: 'another field', live: { ...there, spec: { diskSize: 100 } } },
    { because: 'a running job', live: { ...there, ready: false } },
    { because: 'a missing resource', live: undefined },
  ])('differs for $because in the live team', ({ live }) => {
    const changed = of(machine, live, read('t'));
    expect(changed.live('machines/m')).not.toBe(first.live('machines/m'));
    expect(changed.both('machines/m')).not.toBe(first.both('machines/m'));
    expect(changed.yaml('machines/m')).toBe(first.yaml('machines/m'));
  });

  test('of a resource in an unlisted kind equals that of a missing one', () => {
    const none = of(machine, undefined).live('machines/m');
    expect(of(machine, there, undefined, 'sharedDrives').live('machines/m')).toBe(none);
  });

  test('uses the known ids', () => {
    const plan = planFor({ want: [machine, want('machines', 'n', {})], have: [there] });
    expect([...idsIn(plan)]).toEqual([['machines/m', 'id-m']]);
  });
});
