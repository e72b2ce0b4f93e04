import type { Catalog } from '../../model/kind.ts';
import type { Assessment, Plan } from '../../model/pass/plan.ts';
import type { Address, DesiredState, Source } from '../../model/resource.ts';
import { partsOf } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import { oneOfEach } from '../../model/interner.ts';
import type { PlannedMemory } from '../../model/store.ts';
import { matchAll, type Entries, type Entry } from './matchAll.ts';
import type { Match, Visibility } from './match.ts';
import { markHeld } from '../guard/block.ts';
import { holdDependants, inOrder } from './order.ts';
import { createPlanning } from './createPlanContext.ts';
import { planRemovals, type Leftover } from './planRemoval.ts';
import { nothing, type Draft } from './planContext.ts';
import { afterUsers, usedDeletions, withUsed } from './planUsed.ts';
import type { Written } from '../compare/writeOnly.ts';

/** All that a plan is made from. */
export interface PlanInput extends Visibility {
  readonly catalog: Catalog;
  readonly desired: DesiredState;
  readonly snapshot: Snapshot;
  readonly memory: PlannedMemory;
  readonly written: Written;
  /** Kinds whose orphans are deleted. */
  readonly prune: readonly string[];
}

/**
 * What to do so that the observed becomes the desired, and what is true of each resource. Pure: the same input gives the same
 * plan, in the same order. It holds back what cannot be done; what may not be done is the guard's to say.
 */
export function plan(input: PlanInput): Plan {
  const entries = matchAll(input);
  const { planning, draftFor, needs } = createPlanning(input, entries);
  const declared = [...entries.byAddress.values()];
  const leftover = leftoverOf(input, entries);
  const strays = strayIntents(input, entries);
  const removals = planRemovals(leftover, planning);
  const drafted: readonly Planned[] = [
    ...declared.map((entry) => plannedOf(entry.desired, draftFor(entry), entry.desired.source)),
    ...removals.map((removal) => plannedOf(removal, removal.draft, removal.absent?.source)),
  ];
  const planned = afterUsers(drafted, planning);
  const used = usedDeletions(
    planned.flatMap(({ draft }) => draft.actions),
    planning,
  );
  const final =
    used.size === 0
      ? planned
      : planned.map((one) => ({ ...one, draft: withUsed(one.draft, used) }));
  const assess = assessing();
  const assessments = final.map((one) => assess(one, one.draft, one.source));
  const ordered = inOrder(final.flatMap(({ draft }) => draft.actions));
  const actions = holdDependants(ordered);
  return {
    assessments: markHeld(assessments, ordered, actions),
    actions,
    complete: [...input.snapshot.values()].every(({ complete }) => complete),
    recognised: [...recognisedOf(entries), ...strays.found],
    gone: [...goneOf(input, leftover), ...strays.over],
    ...unlistedOf(declared),
    obligationsOver: obligationsOver(input, final),
    needs: [...needs.values()],
  };
}

/** A resource and what becomes of it. */
interface Planned {
  readonly address: Address;
  readonly kind: string;
  readonly name: string;
  readonly draft: Draft;
  /** Undefined for what is only live. */
  readonly source: Source | undefined;
}

const plannedOf = (
  { address, kind, name }: Pick<Planned, 'address' | 'kind' | 'name'>,
  draft: Draft,
  source: Source | undefined,
): Planned => ({ address, kind, name, draft, source });

/** Live resources to be bound: those that were not, and those whose protection changed. */
const recognisedOf = ({ byAddress }: Entries): Plan['recognised'] =>
  [...byAddress.values()].flatMap(({ desired: { address, lifecycle }, binding, found }) =>
    found.is === 'found' && (found.new || binding?.protected !== lifecycle.preventDeletion)
      ? [{ address, id: found.live.id, protected: lifecycle.preventDeletion }]
      : [],
  );

/** The obligations that have ended: as the drafts say, and those of resources that a complete listing does not show any more. */
function obligationsOver(
  { memory, snapshot }: PlanInput,
  drafts: readonly { readonly address: Address; readonly draft: Draft }[],
): Plan['obligationsOver'] {
  if (memory.obligations.size === 0) return [];
  const ended = drafts.flatMap(({ address, draft: { obligationOver } }) =>
    obligationOver ? [{ address, paths: obligationOver }] : [],
  );
  const gone = [...memory.obligations].flatMap(([address, { id, fields }]) => {
    const listing = snapshot.get(partsOf(address).kind);
    return listing?.complete && !listing.byId.has(id)
      ? [{ address, paths: Object.keys(fields) }]
      : [];
  });
  return [...ended, ...gone];
}

/** Tells of a resource. Most of a kind have lists that are alike: they share them. */
function assessing(): (
  of: { readonly kind: string; readonly name: string },
  draft: Draft,
  source: Source | undefined,
) => Assessment {
  const once = oneOfEach((paths: readonly string[]) => paths.join('\0'));
  return ({ kind, name }, { id, status, changes, unverifiable, reason }, source) => ({
    kind,
    name,
    id,
    status,
    changes: changes.length === 0 ? nothing : changes,
    unverifiable: once(unverifiable),
    reason,
    source,
  });
}

/** What lists have begun to leave out, and what they show again. */
function unlistedOf(declared: readonly Entry[]): Pick<Plan, 'unlisted' | 'listedAgain'> {
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
  { byAddress, spoken }: Entries,
): Leftover {
  const orphans = new Map<string, Address>();
  for (const [address, { id }] of memory.bindings)
    if (!byAddress.has(address)) orphans.set(`${partsOf(address).kind}/${id}`, address);
  return { absent: desired.absent, prune, spoken, orphans };
}

/** Orphans that a complete listing does not show any more. */
function goneOf(
  { snapshot, memory, now, visibility }: PlanInput,
  { orphans }: Leftover,
): readonly Address[] {
  return [...orphans.values()].filter((address) => {
    const binding = memory.bindings.get(address);
    const listing = snapshot.get(partsOf(address).kind);
    const young = binding?.created && now().getTime() - Date.parse(binding.boundAt) < visibility;
    return binding && listing?.complete && !listing.byId.has(binding.id) && !young;
  });
}

/**
 * Creates whose end was not known. Of what is declared, nothing was found for as long as lists may lag, so the create did not happen. Of
 * what is not declared any more, likewise; and what bears the name is bound, so that it is an orphan and not somebody else's.
 */
function strayIntents(
  { snapshot, memory, now, visibility }: PlanInput,
  { byAddress }: Entries,
): { readonly found: Plan['recognised']; readonly over: readonly Address[] } {
  const found: Plan['recognised'][number][] = [];
  const over: Address[] = [];
  for (const [address, { until }] of memory.intents) {
    const { kind, name } = partsOf(address);
    const listing = snapshot.get(kind);
    const declared = byAddress.get(address);
    if (declared?.found.is === 'missing') over.push(address);
    if (declared || !listing?.complete) continue;
    const [live, ...more] = listing.byName.get(name) ?? [];
    if (live && more.length === 0) found.push({ address, id: live.id, protected: false });
    else if (now().getTime() - Date.parse(until) >= visibility) over.push(address);
  }
  return { found, over };
}
