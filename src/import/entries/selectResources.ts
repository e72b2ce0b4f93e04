import type { Catalog, ResourceKind } from '../../model/kind.ts';
import { addressOf, type Address, type Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Holders, Without } from './exclusiveConflicts.ts';

/** A live resource that is to be declared, and the name that it gets. */
export interface Chosen {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly live: Observed;
}

/** A live resource, or one field of it, that is not declared and stays so, and why. */
export interface LeftOut {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  /** What is left out of an entry that is added. */
  readonly field?: string;
  readonly because: string;
}

/** What is known of the live team and of the config when resources are chosen. */
export interface Team {
  readonly catalog: Pick<Catalog, 'kinds' | 'lookups'>;
  readonly snapshot: Snapshot;
  /** The names of the live resources that are declared, by `liveKey`. */
  readonly declared: ReadonlyMap<string, string>;
  /** Addresses that nothing new may get, and why. */
  readonly taken: ReadonlyMap<Address, string>;
  /** What the declared resources hold alone. */
  readonly holders: Holders;
  /** Fields that were found to fit no entry of theirs. */
  readonly without?: Without;
  /** Whether YAML can hold this text as the name of one resource. */
  readonly isName: (text: string) => boolean;
}

/** Under what a live resource stands in a map. */
export const liveKey = (kind: string, id: string): string => `${kind}/${id}`;

/**
 * Which live resources of these kinds are to be declared: all that are not, but for those of which something is not sure. A kind whose
 * listing is not complete has none.
 */
export function choose(
  team: Team,
  kinds: readonly string[],
): { readonly chosen: readonly Chosen[]; readonly leftOut: readonly LeftOut[] } {
  const chosen: Chosen[] = [];
  const leftOut: LeftOut[] = [];
  for (const name of kinds) {
    const kind = team.catalog.kinds.get(name);
    const listing = team.snapshot.get(name);
    if (!kind || !listing?.complete) continue;
    const namesakes = Map.groupBy(listing.items, (live) => nameFor(kind, live));
    for (const live of listing.items) {
      if (team.declared.has(liveKey(name, live.id))) continue;
      const one = { kind, name: nameFor(kind, live), live };
      const because = obstacleTo(one, namesakes.get(one.name)?.length ?? 0, team);
      if (because === undefined) chosen.push(one);
      else leftOut.push({ kind: name, name: one.name, id: live.id, because });
    }
  }
  return { chosen, leftOut };
}

/** Why it cannot be declared as it is. */
function obstacleTo(
  { kind, name, live }: Chosen,
  namesakes: number,
  { taken, isName }: Team,
): string | undefined {
  if (live.fixed !== undefined) return live.fixed;
  if (live.failure !== undefined) return `it has failed: ${live.failure}`;
  if (!live.settled) return `it is ${live.activity ?? 'not settled'}; import it once that is over`;
  if (namesakes > 1) return `${namesakes} live ${kind.name} bear this name`;
  if (!isName(name)) return 'YAML cannot hold this name';
  return taken.get(addressOf(kind.name, name));
}

/** Its own name, or for a kind without names one that is made of the kind and of what the live resource is known by. */
function nameFor(kind: ResourceKind, { name, id }: Observed): string {
  if (!kind.adopt) return name;
  const slug = (name === '' ? id : name).toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
  return `${lastWord(kind.name)}-${slug}`;
}

/** `publicIps`: `ip`. */
const lastWord = (kind: string): string =>
  (/[A-Z]?[^A-Z]*$/.exec(kind)?.[0] ?? kind).toLowerCase().replace(/s$/, '');
