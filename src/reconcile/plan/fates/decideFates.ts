import { deletedByExpiry } from '../../../model/pass/expiry.ts';
import type { ResourceKind } from '../../../model/kind/kind.ts';
import type { Address, Desired, Observed } from '../../../model/resource.ts';
import { addressOf } from '../../../model/resource.ts';
import { owedBy } from '../../apply/obligations.ts';
import { compare, type CompareContext, type Comparison } from '../../compare/compare.ts';
import { isRelation, referencesIn } from '../../compare/spec.ts';
import { kindOf } from '../../kindOf.ts';
import { decideCreate } from './decideCreate.ts';
import { dependencyOrder } from './dependencyOrder.ts';
import type { Fate, FateContext, KeepFate, ReplaceFate } from './fate.ts';
import type { MatchedResource } from '../matching/matchAll.ts';
import type { PlanContext, ResourcePlan } from '../planContext.ts';
import { expiredTarget } from '../planExpired.ts';
import { missingButObserved, missingForGood } from '../planCreate.ts';
import { noPower, powerSteps } from '../power/powerSteps.ts';
import { planRelations } from '../relations/planRelations.ts';
import { resolver } from '../matching/resolve.ts';

/**
 * Decides the fate of every declared resource: keep, create, replace, or nothing in this pass. A resource is decided
 * after the resources that it depends on, so each decision reads final fates. Returns the context that later steps plan
 * actions with.
 */
export function decideFates(context: PlanContext): FateContext {
  const order = dependencyOrder(context);
  const replaceable = replaceableResources(order, context);
  const fates = new Map<Address, Fate>();
  const deciding = withFates(context, fates, replaceable);
  for (const resource of order) fates.set(resource.desired.address, fateOf(resource, deciding));
  return deciding;
}

/** The context over these fates. A resource without a fate resolves as if it went ahead. */
function withFates(
  context: PlanContext,
  fates: ReadonlyMap<Address, Fate>,
  replaceable: ReadonlySet<Address>,
): FateContext {
  const resolveReference = resolver(
    context.catalog,
    context.snapshot,
    (address) => context.matches.byAddress.get(address)?.found,
    (address) => goesAhead(fates.get(address)),
    (address) => replaceable.has(address),
  );
  const resolve: FateContext['resolve'] = (reference) => {
    const expired = expiredTarget(reference, context);
    if (expired !== undefined) return { is: 'unresolved', because: expired };
    const resolution = resolveReference(reference);
    if (resolution.is === 'listNeeded') context.listed(resolution.kind);
    return resolution;
  };
  return { ...context, fates, replaceable, resolve, comparing: comparingIn(context, resolve) };
}

/** Whether this fate creates the resource in this pass. A fate that is not decided yet counts as one that does. */
const goesAhead = (fate: Fate | undefined): boolean =>
  fate === undefined ||
  ((fate.is === 'create' || fate.is === 'replace') && fate.blocked === undefined);

const comparingIn = (
  { catalog, matches, written, nameOf }: PlanContext,
  resolve: CompareContext['resolve'],
): CompareContext => ({
  resolve,
  nameOf,
  isNameless: (kind) => kindOf(catalog.kinds, kind).adopt !== undefined,
  hasFixedName: (kind) => kindOf(catalog.kinds, kind).names?.fixed === true,
  isWritten: ({ address }, live, path) =>
    matches.byAddress.get(address)?.binding?.id === live.id ? written.is(address, path) : undefined,
  unreadable: ({ address }, path) => written.unreadable(address, path),
});

/**
 * The resources that a fixed field would have replaced, in dependency order, as if nothing blocked a replacement: a
 * resource that names a replaced one differs in that field.
 */
function replaceableResources(
  order: readonly MatchedResource[],
  context: PlanContext,
): ReadonlySet<Address> {
  const candidates = order.filter(
    ({ desired, desired: { lifecycle }, found }) =>
      deletedByExpiry(desired, context.now) === undefined &&
      lifecycle.onImmutableChange === 'replace' &&
      lifecycle.manage !== 'observe' &&
      found.is === 'found' &&
      (found.live.ready || found.live.failure !== undefined),
  );
  const replaceable = new Set<Address>();
  if (candidates.length === 0) return replaceable;
  const optimistic = withFates(context, new Map(), replaceable);
  for (const { desired, found } of candidates)
    if (found.is === 'found' && hasFixedDifference(compared(desired, found.live, optimistic)))
      replaceable.add(desired.address);
  return replaceable;
}

const compared = (desired: Desired, live: Observed, context: FateContext): Comparison =>
  compare(kindOf(context.catalog.kinds, desired.kind).schema, desired, live, context.comparing);

const hasFixedDifference = ({ differences }: Comparison): boolean =>
  differences.some(({ schema }) => schema.immutable);

function fateOf({ desired, found }: MatchedResource, context: FateContext): Fate {
  switch (found.is) {
    case 'found':
      return fateOfLive(desired, found.live, context);
    case 'missing':
      return fateOfMissing(desired, context);
    case 'justCreated':
      return idle({ id: found.id, status: 'pending', reason: 'created, and not yet listed' });
    case 'late':
      return idle({
        id: found.id,
        status: 'pending',
        reason: `lists have left out ${found.id} since ${found.since}; it may still be there`,
      });
    case 'createUncertain':
      return idle({
        status: 'pending',
        reason: `a create was sent at ${found.since} and its answer was lost; it may still appear`,
      });
    case 'ambiguous':
      return idle({
        status: 'ambiguous',
        reason: `several resources answer to this name (${found.among.map(({ id }) => id).join(', ')}); rename or delete all but one`,
      });
    case 'unknown':
      return idle({
        status: 'blocked',
        reason: `${desired.kind} could not be listed to the end: ${found.error}`,
      });
  }
}

const idle = (plan: Pick<ResourcePlan, 'id' | 'status' | 'reason'>): Fate => ({
  is: 'idle',
  plan: { changes: [], unverifiable: [], actions: [], ...plan },
});

function fateOfMissing(desired: Desired, context: FateContext): Fate {
  const expired = deletedByExpiry(desired, context.now);
  if (expired !== undefined) return idle({ status: 'inSync', reason: `${expired}; it stays gone` });
  if (desired.lifecycle.manage === 'observe')
    return { is: 'idle', plan: missingButObserved(desired, context) };
  if (!kindOf(context.catalog.kinds, desired.kind).create)
    return { is: 'idle', plan: missingForGood(desired, context) };
  return decideCreate(desired, context);
}

function fateOfLive(desired: Desired, live: Observed, context: FateContext): Fate {
  if (deletedByExpiry(desired, context.now) !== undefined) return { is: 'expire', live };
  const kind = kindOf(context.catalog.kinds, desired.kind);
  const comparison = compared(desired, live, context);
  if (context.replaceable.has(desired.address) && hasFixedDifference(comparison))
    return decideReplace(desired, live, comparison, context);
  return decideKeep(kind, desired, live, comparison, context);
}

function decideKeep(
  kind: ResourceKind,
  desired: Desired,
  live: Observed,
  comparison: Comparison,
  { memory, now, timetables, wakes, visibility }: FateContext,
): KeepFate {
  const obligation = memory.obligations.get(desired.address);
  const owed = owedBy(obligation, live, desired.spec, { now, visibility });
  const writable = kind.update ? comparison : withoutUpdate(comparison);
  const { differences } = writable;
  const waits = !kind.updatableWhileBusy || differences.length === 0;
  const isBusy = !live.ready && live.failure === undefined && waits;
  return {
    is: 'keep',
    live,
    comparison: writable,
    owed,
    power: isBusy
      ? noPower
      : powerSteps(kind, desired, live, { differences, due: owed.due, now, timetables, wakes }),
    isBusy,
  };
}

/** The comparison for a kind without an update call: no difference can be written. */
const withoutUpdate = (comparison: Comparison): Comparison => ({
  ...comparison,
  differences: comparison.differences.map((difference) => ({
    obstacle: `${difference.path} cannot be changed`,
    ...difference,
  })),
});

function decideReplace(
  desired: Desired,
  live: Observed,
  comparison: Comparison,
  context: FateContext,
): ReplaceFate {
  const create = decideCreate(desired, context);
  const { obstacles } = planRelations(desired, undefined, context);
  const blocked =
    whyNotReplaced(desired, context) ??
    ([...(create.blocked === undefined ? [] : [create.blocked]), ...obstacles].join('; ') ||
      undefined);
  return {
    is: 'replace',
    live,
    comparison,
    create,
    ...(blocked === undefined ? {} : { blocked }),
  };
}

function whyNotReplaced({ address, kind }: Desired, context: FateContext): string | undefined {
  const { remove, singular } = kindOf(context.catalog.kinds, kind);
  if (!remove) return `the API cannot delete a ${singular}`;
  const listing = context.snapshot.get(kind);
  if (!listing?.complete) return `${kind} could not be listed to the end`;
  const staying = referringTo(address, context).find((referrer) => stays(referrer, context));
  return staying === undefined
    ? undefined
    : `it is not replaced while ${staying} refers to it and stays; replace that too, or take the reference away`;
}

/** Whether a live resource is there and not replaced. */
const stays = (address: Address, { matches, replaceable }: FateContext): boolean =>
  matches.byAddress.get(address)?.found.is === 'found' && !replaceable.has(address);

/** The declared resources that name this one in a field. Relations do not count: they are written anew. */
export const referringTo = (
  address: Address,
  { resources, catalog }: PlanContext,
): readonly Address[] =>
  resources
    .filter((desired) =>
      referencesIn(kindOf(catalog.kinds, desired.kind).schema, desired.spec).some(
        ({ schema, reference }) =>
          !isRelation(schema) &&
          reference.by === 'declared' &&
          addressOf(reference.kind, reference.name) === address,
      ),
    )
    .map((desired) => desired.address);
