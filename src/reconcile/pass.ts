import { monotonicFactory } from 'ulid';
import type { Api, Usage } from '../model/api.ts';
import type { Clock } from '../model/clock.ts';
import type { Catalog } from '../model/kind.ts';
import type { Action, ActionId, Outcome, Plan } from '../model/plan.ts';
import type { Report, Trigger } from '../model/report.ts';
import type { Address, Desired, DesiredState } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Settings } from '../model/settings.ts';
import type { Memory, Store } from '../model/store.ts';
import { costAgain, indexAgain, planAgain } from './again.ts';
import { apply } from './apply.ts';
import { execute } from './execute.ts';
import { withoutGranted } from './granted.ts';
import { createFollower } from './follow.ts';
import { guard } from './guard.ts';
import { observeHidden } from './hidden.ts';
import { locksOf } from './locks.ts';
import { dueNeeds, isRotatedKey } from './needs.ts';
import { kindsInUse, observe, observeNeeds } from './observe.ts';
import type { PlanInput } from './plan.ts';
import { reportOf } from './report.ts';
import { compareValues, readValues, type ReadSecret, type Values } from './writeOnly.ts';

/** What every pass of one workspace has at hand. */
export interface Workspace {
  readonly name: string;
  readonly catalog: Catalog;
  readonly api: Api;
  readonly usage: () => Usage;
  readonly store: Store;
  readonly clock: Clock;
  readonly readSecret: ReadSecret;
}

/** The rules that passes go by: the settings, and `force` to lift the limits. */
export type Policy = Pick<
  Settings,
  'mode' | 'prune' | 'limits' | 'prices' | 'visibility' | 'throttle' | 'windows'
> & { readonly force: boolean };

/** A plan with all that reporting it and carrying it out takes. */
export interface Prepared {
  readonly pass: string;
  readonly trigger: Trigger;
  readonly plan: Plan;
  readonly cost: Report['cost'];
  readonly desired: ReadonlyMap<Address, Desired>;
  readonly state: DesiredState;
  readonly values: Values;
  readonly memory: Memory;
  readonly snapshot: Snapshot;
  readonly startedAt: Date;
  readonly usageBefore: Usage;
}

const nextPassId = monotonicFactory();

/**
 * Reads and plans, and writes nothing anywhere: the first half of a pass, and all of `plan` and `drift`. GET requests only.
 */
export async function prepare(
  workspace: Workspace,
  declared: DesiredState,
  policy: Policy,
  trigger: Trigger,
): Promise<Prepared> {
  const state = withoutGranted(workspace.catalog.kinds, declared);
  const startedAt = workspace.clock.now();
  const usageBefore = workspace.usage();
  const { memory, values, snapshot: first } = await look(workspace, state, policy, startedAt);
  const { snapshot, drawn } = await draw(workspace, first, {
    catalog: workspace.catalog,
    desired: state,
    memory,
    written: compareValues(values, memory),
    prune: policy.prune,
    visibility: policy.visibility,
    now: () => startedAt,
  });
  const desired = indexAgain(state.resources);
  const reckon = (of: Plan): Report['cost'] =>
    costAgain({
      catalog: workspace.catalog,
      desired,
      prices: policy.prices,
      now: () => startedAt,
      snapshot,
      plan: of,
    });
  const cost = reckon(drawn);
  const guarded = guard(drawn, {
    limits: policy.limits,
    cost,
    deletedToday: memory.deletions.length,
    liveCount: (kind) => snapshot.get(kind)?.items.length ?? 0,
    force: policy.force,
  });
  return {
    pass: nextPassId(startedAt.getTime()),
    trigger,
    plan: guarded,
    cost: guarded === drawn ? cost : reckon(guarded),
    desired,
    state,
    values,
    memory,
    snapshot,
    startedAt,
    usageBefore,
  };
}

/** Lists what is declared while the memory and the write-only values are read, and then what is only remembered. */
async function look(
  { catalog, store, api, readSecret }: Workspace,
  { resources, absent }: DesiredState,
  { prune }: Policy,
  now: Date,
): Promise<Pick<Prepared, 'memory' | 'values' | 'snapshot'>> {
  const declared = kindsInUse(catalog, resources, absent, [], prune);
  const [snapshot, memory, values] = await Promise.all([
    observe(catalog, declared, api, resources),
    store.memory(now),
    readValues(catalog.kinds, resources, readSecret, store.digest),
  ]);
  const bound = kindsInUse(catalog, [], [], memory.bindings.keys(), []);
  const more = await observe(
    catalog,
    bound.filter((kind) => !snapshot.has(kind)),
    api,
    [],
  );
  const listed = new Map([...snapshot, ...more]);
  const hidden = await observeHidden(catalog, listed, memory, api);
  return { memory, values, snapshot: new Map([...listed, ...hidden]) };
}

/** Plans, and again when the plan wants lists that were not read, until it wants none that can be had in this pass. */
async function draw(
  { catalog, api }: Pick<Workspace, 'catalog' | 'api'>,
  snapshot: Snapshot,
  input: Omit<PlanInput, 'snapshot'>,
): Promise<{ readonly snapshot: Snapshot; readonly drawn: Plan }> {
  const drawn = planAgain({ ...input, snapshot });
  const due = dueNeeds(drawn.needs, snapshot, catalog, input.memory);
  if (due.length === 0) return { snapshot, drawn };
  const more = await observeNeeds(catalog, due, api, snapshot);
  return draw({ catalog, api }, new Map([...snapshot, ...more]), input);
}

/** How a prepared pass is carried out. */
export interface CarryOutOptions {
  readonly wait: boolean;
  /** Start nothing more, and give up waiting. */
  readonly stop: AbortSignal;
  /** Give up waiting; what is not settled is pending. */
  readonly hurry: AbortSignal;
  readonly onOutcome?: (action: Action, outcome: Outcome) => void;
}

/** Remembers what was recognised, and carries out the actions that are not held: the second half of a pass in `enforce`. */
export async function carryOut(
  workspace: Workspace,
  policy: Policy,
  prepared: Prepared,
  options: CarryOutOptions,
): Promise<Report> {
  const { api, store, clock, catalog } = workspace;
  const { plan: planned, snapshot, desired, values } = prepared;
  await rememberRecognised(workspace, prepared);
  if (planned.actions.length === 0) return reportOn(workspace, policy, prepared, new Map());
  const context = {
    catalog,
    api,
    store,
    snapshot,
    desired,
    values,
    ids: liveIds(planned),
    now: () => clock.now(),
  };
  const outcomes = await apply(planned.actions, {
    concurrency: policy.throttle.concurrency,
    wait: options.wait,
    signal: options.stop,
    run: (action) => execute(action, context),
    locks: (action) => locksOf(catalog, desired, action),
    follower: createFollower({
      api,
      catalog,
      clock,
      signal: AbortSignal.any([options.stop, options.hurry]),
      pages: (kind) => Math.ceil((snapshot.get(kind)?.items.length ?? 0) / 120),
    }),
    ...(options.onOutcome ? { onOutcome: options.onOutcome } : {}),
  });
  return reportOn(workspace, policy, prepared, outcomes);
}

const liveIds = ({ assessments }: Plan): Map<Address, string> =>
  new Map(
    assessments.flatMap(({ kind, name, id }) =>
      id === undefined ? [] : [[`${kind}/${name}` as const, id] as const],
    ),
  );

/** Binds what was recognised, forgets what is gone, and takes the fixed write-only values of the newly bound as written. */
async function rememberRecognised(
  { store, catalog }: Workspace,
  { plan: { recognised, gone }, desired, values, memory, snapshot, startedAt }: Prepared,
): Promise<void> {
  const boundAt = startedAt.toISOString();
  await store.bind(recognised.map((one) => ({ ...one, boundAt, created: false })));
  await store.unbind(gone);
  await store.readNow(
    [...snapshot.keys()].filter((key) => isRotatedKey(key, catalog.kinds)),
    boundAt,
  );
  await store.written(
    recognised.flatMap(({ address, id }) => {
      const { kind } = desired.get(address) ?? {};
      const { properties = {} } = (kind && catalog.kinds.get(kind)?.schema) || {};
      const digests = Object.entries(properties).flatMap(([path, { writeOnly, immutable }]) => {
        const value = values.get(address)?.get(path);
        const isKnown =
          memory.bindings.get(address)?.id === id &&
          memory.digests.get(address)?.[path] !== undefined;
        return writeOnly && immutable && value?.ok && !isKnown
          ? [[path, value.digest] as const]
          : [];
      });
      return digests.length > 0 ? [{ address, digests: Object.fromEntries(digests) }] : [];
    }),
  );
}

/** The report of a prepared pass; without outcomes, of one that was only planned. */
export function reportOn(
  workspace: Workspace,
  policy: Policy,
  prepared: Prepared,
  outcomes?: ReadonlyMap<ActionId, Outcome>,
): Report {
  const { pass, trigger, cost, plan: planned, snapshot, startedAt } = prepared;
  return reportOf({
    pass,
    workspace: workspace.name,
    trigger,
    revision: prepared.state.revision,
    mode: policy.mode,
    startedAt: startedAt.toISOString(),
    finishedAt: workspace.clock.now().toISOString(),
    incomplete: [...snapshot.values()].flatMap((listing) =>
      listing.complete ? [] : [{ kind: listing.kind, error: listing.error }],
    ),
    plan: planned,
    ...(outcomes ? { outcomes } : {}),
    conditions: prepared.memory.conditions,
    api: difference(workspace.usage(), prepared.usageBefore),
    requestsPerSecond: policy.throttle.requestsPerSecond,
    cost,
  });
}

const difference = (now: Usage, before: Usage): Usage => ({
  requests: now.requests - before.requests,
  retries: now.retries - before.retries,
  rateLimited: now.rateLimited - before.rateLimited,
  waitedMs: now.waitedMs - before.waitedMs,
});
