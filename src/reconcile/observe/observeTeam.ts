// What a pass knows before it plans. In: the workspace and the desired state. Out: the store's memory, the write-only
// values, and a snapshot of the team. `look` reads them; `draw` then plans and reads the lists that the plan requests,
// until it requests no more.

import { isRecent } from '../plan/matching/match.ts';
import type { DesiredState } from '../../model/resource.ts';
import type { Plan } from '../../model/pass/plan.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Binding, Memory } from '../../model/memory.ts';
import type { PassCache } from '../passCache.ts';
import { plan } from '../plan/plan.ts';
import { observeUnlisted } from './unlisted.ts';
import { dueLists } from './requiredLists.ts';
import { kindsInUse } from './kindsInUse.ts';
import { observe, observeRequired, type ListSource } from './observe.ts';
import type { PlanningWorkspace, Policy } from '../workspace.ts';
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
  { catalog, store, api, cache, secretReader }: PlanningWorkspace,
  { resources, absent }: DesiredState,
  { prune, visibility, secrets }: Policy,
  now: Date,
): Promise<Observation> {
  const source = { catalog, api, cache };
  const declared = cache.of('declared kinds', [catalog, resources, absent, prune], () =>
    kindsInUse(catalog, resources, absent, [], prune),
  );
  const [declaredListings, memory, values] = await Promise.all([
    observe(source, declared, resources),
    store.memory(now),
    readValues(catalog.kinds, resources, {
      readSecret: secretReader(secrets.providers),
      digest: store.digest,
      cache,
    }),
  ]);
  const { bindings } = memory;
  const stored = cache.of('stored kinds', [catalog, bindings, memory.intents], () =>
    kindsInUse(catalog, [], [], [bindings, memory.intents], []),
  );
  const storedListings = await observe(
    source,
    stored.filter((kind) => !declaredListings.has(kind)),
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
  source: ListSource,
  snapshot: Snapshot,
  input: Omit<PlanInput, 'snapshot'>,
): Promise<{ readonly snapshot: Snapshot; readonly drawn: Plan }> {
  const drawn = cachedPlan({ ...input, snapshot }, source.cache);
  const due = dueLists(drawn.requiredLists, snapshot, source.catalog, input.memory);
  if (due.length === 0) return { snapshot, drawn };
  const requested = await observeRequired(source, due, snapshot);
  return planUntilListed(source, new Map([...snapshot, ...requested]), input);
}

/** The plan for this input: the last one if its input is the same, apart from the time, and it is still valid. */
function cachedPlan(input: PlanInput, cache: PassCache): Plan {
  const { catalog, desired, snapshot, memory, written, prune, visibility, now } = input;
  const { resources, absent } = desired;
  const { bindings, intents, memberIntents, obligations, digests, lastReadAt, wakes } = memory;
  return cache.of(
    'plan',
    [
      catalog,
      resources,
      absent,
      written,
      prune,
      visibility,
      bindings,
      intents,
      memberIntents,
      obligations,
      digests,
      lastReadAt,
      wakes,
      ...[...snapshot].flat(),
    ],
    () => plan(input),
    ({ validUntil }) => validUntil === undefined || now < validUntil,
  );
}
