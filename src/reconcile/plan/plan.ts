import type { Assessment, Plan } from '../../model/pass/plan.ts';
import type { Address, Desired, Source } from '../../model/resource.ts';
import { splitAddress } from '../../model/resource.ts';
import type { Labels } from '../../model/selection/labels.ts';
import { interner } from '../../model/interner.ts';
import { matchAll, type MatchedResource, type Matches } from './matching/matchAll.ts';
import { isRecent, type Match } from './matching/match.ts';
import type { PlanInput } from './planInput.ts';
import { markBlocked } from '../guard/block.ts';
import { decideFates } from './fates/decideFates.ts';
import type { Fate, FateContext } from './fates/fate.ts';
import { blockDependants, inOrder } from './order.ts';
import { createPlanContext, nothing, type ResourcePlan } from './planContext.ts';
import { planCreate } from './planCreate.ts';
import { planExpired } from './planExpired.ts';
import { planKept } from './planKept.ts';
import { planRemovals, type Leftover } from './planRemoval.ts';
import { planReplacement } from './planReplacement.ts';
import { afterUsers, usedDeletions, withUsed } from './planUsed.ts';
import { afterMentions } from './softReferences.ts';
import { validUntil } from './validUntil.ts';

/*
 * In: the desired state, the snapshot, and what the store remembers. Out: a plan. matchAll pairs declared and live
 * resources; decideFates decides the fate of each declared one; planKept, planCreate, planReplacement, and planExpired
 * turn fates into actions; planRemoval does so for live resources that are not declared; order puts all actions in the
 * order in which they run.
 */

/**
 * Plans the actions that bring the observed state to the desired state, and assesses each resource. Pure: the same
 * input gives the same plan, in the same order. Blocks actions that cannot be done; the guard blocks those that may not
 * be done.
 */
export function plan(input: PlanInput): Plan {
  const matches = matchAll(input);
  const context = decideFates(createPlanContext(input, matches));
  const leftover = leftoverOf(input, matches);
  const strays = strayIntents(input, matches);
  const planned = afterUsers(
    [...declaredPlans(context), ...removalPlans(leftover, context)],
    context,
  );
  const used = usedDeletions(
    planned.flatMap(({ resourcePlan }) => resourcePlan.actions),
    context,
  );
  const final =
    used.size === 0
      ? planned
      : planned.map((one) => ({ ...one, resourcePlan: withUsed(one.resourcePlan, used) }));
  const assess = assessing();
  const assessments = final.map((one) => assess(one, one.resourcePlan));
  const ordered = inOrder(final.flatMap(({ resourcePlan }) => resourcePlan.actions));
  const actions = blockDependants(ordered);
  const declared = [...matches.byAddress.values()];
  return {
    assessments: markBlocked(assessments, ordered, actions),
    actions,
    complete: [...input.snapshot.values()].every(({ complete }) => complete),
    toBind: [...recognisedOf(matches), ...strays.found],
    toUnbind: [...goneOf(input, leftover), ...strays.over],
    ...unlistedOf(declared),
    endedObligations: obligationsOver(input, final),
    requiredLists: [...context.requiredLists.values()],
    validUntil: validUntil(input),
  };
}

/** A resource with its plan. */
interface Planned {
  readonly address: Address;
  readonly kind: string;
  readonly name: string;
  readonly resourcePlan: ResourcePlan;
  /** Undefined for resources that are only live. */
  readonly source: Source | undefined;
  readonly labels?: Labels | undefined;
}

/** The plans for the declared resources, in the order of the YAML. */
function declaredPlans(context: FateContext): readonly Planned[] {
  const plans = context.resources.map((desired) => {
    const fate = context.fates.get(desired.address);
    if (!fate) throw new Error(`${desired.address} has no fate`);
    return { desired, plan: planOf(desired, fate, context) };
  });
  const mentioning = afterMentions(plans, context.catalog);
  return plans.map(({ desired: { address, kind, name, source, labels }, plan: own }) => ({
    address,
    kind,
    name,
    resourcePlan: mentioning.get(own) ?? own,
    source,
    labels,
  }));
}

function planOf(desired: Desired, fate: Fate, context: FateContext): ResourcePlan {
  switch (fate.is) {
    case 'keep':
      return planKept(desired, fate, context);
    case 'create':
      return planCreate(desired, fate, context);
    case 'replace':
      return planReplacement(desired, fate, context);
    case 'expire':
      return planExpired(desired, fate.live, context);
    case 'idle':
      return fate.plan;
  }
}

/** The plans for live resources that are not declared. */
const removalPlans = (leftover: Leftover, context: FateContext): readonly Planned[] =>
  planRemovals(leftover, context).map(({ address, kind, name, resourcePlan, absent }) => ({
    address,
    kind,
    name,
    resourcePlan,
    source: absent?.source,
  }));

/** Live resources to bind: those not bound yet, and those whose protection changed. */
const recognisedOf = ({ byAddress }: Matches): Plan['toBind'] =>
  [...byAddress.values()].flatMap(({ desired: { address, lifecycle }, binding, found }) =>
    found.is === 'found' && (found.new || binding?.protected !== lifecycle.preventDeletion)
      ? [{ address, id: found.live.id, protected: lifecycle.preventDeletion }]
      : [],
  );

/**
 * The obligations that have ended: as the plans say, and those of resources that a complete listing does not show any
 * more.
 */
function obligationsOver(
  { memory, snapshot }: PlanInput,
  resourcePlans: readonly { readonly address: Address; readonly resourcePlan: ResourcePlan }[],
): Plan['endedObligations'] {
  if (memory.obligations.size === 0) return [];
  const ended = resourcePlans.flatMap(({ address, resourcePlan: { obligationOver } }) =>
    obligationOver ? [{ address, paths: obligationOver }] : [],
  );
  const gone = [...memory.obligations].flatMap(([address, { id, fields }]) => {
    const listing = snapshot.get(splitAddress(address).kind);
    return listing?.complete && !listing.byId.has(id)
      ? [{ address, paths: Object.keys(fields) }]
      : [];
  });
  return [...ended, ...gone];
}

/**
 * Returns a function that assesses a resource. Equal lists of paths are shared: most resources of a kind have the same.
 */
function assessing(): (
  of: Omit<Planned, 'address' | 'resourcePlan'>,
  resourcePlan: ResourcePlan,
) => Assessment {
  const once = interner((paths: readonly string[]) => paths.join('\0'));
  return ({ kind, name, source, labels }, { id, status, changes, unverifiable, reason }) => ({
    kind,
    name,
    id,
    status,
    changes: changes.length === 0 ? nothing : changes,
    unverifiable: once(unverifiable),
    reason,
    ...(labels ? { labels } : {}),
    source,
  });
}

/** Addresses that lists have begun to leave out, and addresses that they show again. */
function unlistedOf(declared: readonly MatchedResource[]): Pick<Plan, 'unlisted' | 'listedAgain'> {
  const marked = (isMarked: boolean, is: Match['is']): readonly Address[] =>
    declared.flatMap(({ desired, binding, found }) =>
      found.is === is && binding && (binding.unlistedSince !== undefined) === isMarked
        ? [desired.address]
        : [],
    );
  return { unlisted: marked(false, 'late'), listedAgain: marked(true, 'found') };
}

function leftoverOf(
  { desired, memory, prune }: PlanInput,
  { byAddress, claimed }: Matches,
): Leftover {
  const orphans = new Map<string, Address>();
  for (const [address, { id }] of memory.bindings)
    if (!byAddress.has(address)) orphans.set(`${splitAddress(address).kind}/${id}`, address);
  return { absent: desired.absent, prune, claimed, orphans };
}

/** Orphans that a complete listing does not show any more. */
function goneOf(
  { snapshot, memory, ...time }: PlanInput,
  { orphans }: Leftover,
): readonly Address[] {
  return [...orphans.values()].filter((address) => {
    const binding = memory.bindings.get(address);
    const listing = snapshot.get(splitAddress(address).kind);
    const young = binding?.created && isRecent(binding.boundAt, time);
    return binding && listing?.complete && !listing.byId.has(binding.id) && !young;
  });
}

/**
 * Resolves creates with an unknown result. If nothing was found within the visibility window, the create did not
 * happen. A resource with the name of an undeclared one is bound, so that it is an orphan and not unmanaged.
 */
function strayIntents(
  { snapshot, memory, ...time }: PlanInput,
  { byAddress }: Matches,
): { readonly found: Plan['toBind']; readonly over: readonly Address[] } {
  const found: Plan['toBind'][number][] = [];
  const over: Address[] = [];
  for (const [address, { until }] of memory.intents) {
    const { kind, name } = splitAddress(address);
    const listing = snapshot.get(kind);
    const declared = byAddress.get(address);
    if (declared?.found.is === 'missing') over.push(address);
    if (declared || !listing?.complete) continue;
    const [live, ...more] = listing.named(name);
    if (live && more.length === 0) found.push({ address, id: live.id, protected: false });
    else if (!isRecent(until, time)) over.push(address);
  }
  return { found, over };
}
