// What a pass knows before it plans. In: the workspace and the desired state. Out: the store's memory, the write-only
// values, and a snapshot of the team. `look` reads them; `draw` then plans and reads the lists that the plan requests,
// until it requests no more.

import { isRecent } from '../plan/match.ts';
import type { DesiredState } from '../../model/resource.ts';
import type { Plan } from '../../model/pass/plan.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Binding, Memory } from '../../model/store.ts';
import { memoizedPlan } from '../memoized.ts';
import { observeUnlisted } from './unlisted.ts';
import { dueLists } from './requiredLists.ts';
import { kindsInUse, observe, observeRequired } from './observe.ts';
import type { Policy, Workspace } from '../workspace.ts';
import type { PlanInput } from '../plan/planInput.ts';
import { findLostCreates } from './lostCreates.ts';
import { readValues, type Values } from '../compare/writeOnly.ts';

/** The store, the write-only values, and the team, read at the start of a pass. */
export interface Observation {
  readonly memory: Memory;
  readonly values: Values;
  readonly snapshot: Snapshot;
}

/**
 * Lists the declared kinds while it reads the store and the write-only values, then lists the kinds that only the store
 * names, and then requests the resources that lists may leave out.
 */
export async function observeTeam(
  { catalog, store, api, readSecret }: Workspace,
  { resources, absent }: DesiredState,
  { prune, visibility }: Policy,
  now: Date,
): Promise<Observation> {
  const declared = kindsInUse(catalog, resources, absent, [], prune);
  const [declaredListings, memory, values] = await Promise.all([
    observe(catalog, declared, api, resources),
    store.memory(now),
    readValues(catalog.kinds, resources, readSecret, store.digest),
  ]);
  const stored = kindsInUse(catalog, [], [], [memory.bindings, memory.intents], []);
  const storedListings = await observe(
    catalog,
    stored.filter((kind) => !declaredListings.has(kind)),
    api,
    [],
  );
  const listed = new Map([...declaredListings, ...storedListings]);
  const isYoung = ({ created, boundAt }: Binding): boolean =>
    created && isRecent(boundAt, { now, visibility });
  const unlisted = await observeUnlisted(catalog, listed, memory, isYoung, api);
  const observed = new Map([...listed, ...unlisted]);
  const { intents, snapshot } = await findLostCreates(
    { catalog, resources, snapshot: observed, memory, now },
    api,
  );
  return {
    memory: intents === memory.intents ? memory : { ...memory, intents },
    values,
    snapshot,
  };
}

/** Plans, reads the lists that the plan requests, and plans again, until no requested list is due in this pass. */
export async function planUntilListed(
  { catalog, api }: Pick<Workspace, 'catalog' | 'api'>,
  snapshot: Snapshot,
  input: Omit<PlanInput, 'snapshot'>,
): Promise<{ readonly snapshot: Snapshot; readonly drawn: Plan }> {
  const drawn = memoizedPlan({ ...input, snapshot });
  const due = dueLists(drawn.requiredLists, snapshot, catalog, input.memory);
  if (due.length === 0) return { snapshot, drawn };
  const requested = await observeRequired(catalog, due, api, snapshot);
  return planUntilListed({ catalog, api }, new Map([...snapshot, ...requested]), input);
}
