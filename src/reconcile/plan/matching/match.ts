import type { Desired, Observed } from '../../../model/resource.ts';
import type { CompleteListing, Listing } from '../../../model/pass/snapshot.ts';
import type { Binding, PlannedMemory } from '../../../model/memory.ts';

/**
 * The result of looking for the live resource of a declared one. `found`: this one, `new` if it was not bound to it;
 * `justCreated`: created recently, not listed yet; `late`: bound, and missing from lists for a short while;
 * `createUncertain`: a create was sent and its result is unknown; `ambiguous`: several have the name; `unknown`: the
 * listing is partial, so nothing is known; `missing`: there is none.
 */
export type Match =
  | { readonly is: 'found'; readonly live: Observed; readonly new: boolean }
  | { readonly is: 'justCreated'; readonly id: string }
  | { readonly is: 'late'; readonly id: string; readonly since: string }
  | { readonly is: 'createUncertain'; readonly since: string }
  | { readonly is: 'ambiguous'; readonly among: readonly Observed[] }
  | { readonly is: 'unknown'; readonly error: string }
  | { readonly is: 'missing' };

/** The current time, and for how long lists may not show a new resource. */
export interface Visibility {
  readonly now: Date;
  /** Milliseconds. */
  readonly visibility: number;
}

/**
 * Returns a function that tells whether a live id is bound to a declared address, so that no other address may take it
 * by name. The index is built on first use: a known team needs none.
 */
export function claims(
  resources: readonly Desired[],
  memory: PlannedMemory,
): (kind: string, live: Observed) => boolean {
  let claimed: ReadonlySet<string> | undefined;
  const all = (): ReadonlySet<string> =>
    new Set(
      resources.flatMap(({ address, kind }) => {
        const binding = memory.bindings.get(address);
        return binding ? [`${kind}/${binding.id}`] : [];
      }),
    );
  return (kind, { id }) => (claimed ??= all()).has(`${kind}/${id}`);
}

/**
 * Finds the live resource of a declared one by its binding, then by its name, then by its former name. Names count only
 * in a complete listing, and never for a resource that is bound to another address. `isListedOnly`: the API has no call
 * for one resource of the kind, so a bound one is missing only once lists have left it out for the visibility window.
 */
export function match(
  desired: Desired,
  binding: Binding | undefined,
  listing: Listing,
  memory: PlannedMemory,
  isClaimed: (kind: string, live: Observed) => boolean,
  { isListedOnly, ...time }: Visibility & { readonly isListedOnly: boolean },
): Match {
  const bound = binding && listing.byId.get(binding.id);
  if (bound) return { is: 'found', live: bound, new: false };
  if (!listing.complete) return { is: 'unknown', error: listing.error };
  if (binding?.created && isRecent(binding.boundAt, time))
    return { is: 'justCreated', id: binding.id };
  if (binding && isListedOnly) {
    const since = binding.unlistedSince ?? time.now.toISOString();
    if (isRecent(since, time)) return { is: 'late', id: binding.id, since };
  }
  return byName(desired, listing, memory, isClaimed, time);
}

function byName(
  { address, kind, name, lifecycle }: Desired,
  listing: CompleteListing,
  memory: PlannedMemory,
  isClaimed: (kind: string, live: Observed) => boolean,
  time: Visibility,
): Match {
  for (const candidate of [name, lifecycle.formerName]) {
    if (candidate === undefined) continue;
    const free = listing.named(candidate).filter((one) => !isClaimed(kind, one));
    const [live] = free;
    if (free.length > 1) return { is: 'ambiguous', among: free };
    if (live) return { is: 'found', live, new: true };
  }
  const intent = memory.intents.get(address);
  return intent && isRecent(intent.witnessedAt ?? intent.until, time)
    ? { is: 'createUncertain', since: intent.at }
    : { is: 'missing' };
}

/** Whether lists may not show an event of that time yet. */
export const isRecent = (at: string, { now, visibility }: Visibility): boolean =>
  now.getTime() - Date.parse(at) < visibility;
