import type { Desired, Observed } from '../../model/resource.ts';
import type { CompleteListing, Listing } from '../../model/pass/snapshot.ts';
import type { Binding, PlannedMemory } from '../../model/store.ts';

/**
 * The live resource that a declared one is. `found`: this one; `new`: it was not bound to it yet; `expected`: created a short while
 * ago and not listed yet; `late`: bound, and left out by lists for a short while; `awaited`: a create was sent whose answer was lost; `ambiguous`: several bear the name;
 * `unseen`: the listing is partial, so nothing can be said; `missing`: there is none.
 */
export type Match =
  | { readonly is: 'found'; readonly live: Observed; readonly new: boolean }
  | { readonly is: 'expected'; readonly id: string }
  | { readonly is: 'late'; readonly id: string; readonly since: string }
  | { readonly is: 'awaited'; readonly since: string }
  | { readonly is: 'ambiguous'; readonly among: readonly Observed[] }
  | { readonly is: 'unseen'; readonly error: string }
  | { readonly is: 'missing' };

/** How long what was just created may be missing from lists, and what time it is. */
export interface Visibility {
  readonly now: Date;
  /** Milliseconds. */
  readonly visibility: number;
}

/**
 * Tells whether a live id is bound to a declared address: no other address may take it by name. Worked out when first asked, since in a
 * team that is known nothing is looked for by name.
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
 * Finds the live resource of a declared one: by its binding, then by its name, then by its former name. Names count only in a
 * complete listing, and never for what is bound to another address. `isListedOnly`: the API cannot be asked for one resource of the
 * kind, so a bound one counts as gone only when lists have left it out for as long as they may lag.
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
  if (!listing.complete) return { is: 'unseen', error: listing.error };
  if (binding?.created && isRecent(binding.boundAt, time))
    return { is: 'expected', id: binding.id };
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
    const free = (listing.byName.get(candidate) ?? []).filter((one) => !isClaimed(kind, one));
    const [live] = free;
    if (free.length > 1) return { is: 'ambiguous', among: free };
    if (live) return { is: 'found', live, new: true };
  }
  const intent = memory.intents.get(address);
  return intent && isRecent(intent.witnessedAt ?? intent.until, time)
    ? { is: 'awaited', since: intent.at }
    : { is: 'missing' };
}

/** Whether lists may not yet show what happened at that time. */
export const isRecent = (at: string, { now, visibility }: Visibility): boolean =>
  now.getTime() - Date.parse(at) < visibility;
