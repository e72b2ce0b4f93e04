import type { Catalog, ResourceKind } from '../../model/kind.ts';
import { addressOf, type Address, type Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Holders, Without } from './exclusiveConflicts.ts';

/** A live resource to declare, and its name in the YAML. */
export interface Chosen {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly live: Observed;
}

/** A live resource, or one field of it, that is not imported, with the reason. */
export interface LeftOut {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  /** The field that is left out of an added entry; undefined: the whole resource. */
  readonly field?: string;
  readonly because: string;
}

/** What selecting resources reads of the live team and the config. */
export interface Team {
  readonly catalog: Pick<Catalog, 'kinds' | 'lookups'>;
  readonly snapshot: Snapshot;
  /** The names of declared live resources, by `liveKey`. */
  readonly declared: ReadonlyMap<string, string>;
  /** Addresses that imported resources must not take, with the reason. */
  readonly taken: ReadonlyMap<Address, string>;
  /** The members that declared resources hold in exclusive relations. */
  readonly holders: Holders;
  /** Fields that the config refused in an earlier round. */
  readonly without?: Without;
  /** Whether a text is valid in YAML as the name of one resource. */
  readonly isName: (text: string) => boolean;
}

/** The key of a live resource in maps. */
export const liveKey = (kind: string, id: string): string => `${kind}/${id}`;

/**
 * Selects the live resources to declare: all that are not declared, except those with an obstacle. A kind whose list is
 * incomplete has none.
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
      const candidate = { kind, name: nameFor(kind, live), live };
      const because = obstacleTo(candidate, namesakes.get(candidate.name)?.length ?? 0, team);
      if (because === undefined) chosen.push(candidate);
      else leftOut.push({ kind: name, name: candidate.name, id: live.id, because });
    }
  }
  return { chosen, leftOut };
}

/** Why a resource cannot be declared as it is; undefined if it can. */
function obstacleTo(
  { kind, name, live }: Chosen,
  namesakes: number,
  { taken, isName }: Team,
): string | undefined {
  if (live.fixed !== undefined) return live.fixed;
  if (live.failure !== undefined) return `it has failed: ${live.failure}`;
  if (!live.settled) return `it is ${live.activity ?? 'not ready'}; import it when it is ready`;
  if (namesakes > 1) return `${namesakes} live ${kind.name} bear this name`;
  if (!isName(name)) return 'YAML cannot represent this name';
  return taken.get(addressOf(kind.name, name));
}

/** The resource's own name; for a kind without names, one made of the kind and the live name or id. */
function nameFor(kind: ResourceKind, { name, id }: Observed): string {
  if (!kind.adopt) return name;
  const slug = (name === '' ? id : name).toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
  return `${lastWord(kind.name)}-${slug}`;
}

/** The last word of a kind, in the singular: `ip` for `publicIps`. */
const lastWord = (kind: string): string =>
  (/[A-Z]?[^A-Z]*$/.exec(kind)?.[0] ?? kind).toLowerCase().replace(/s$/, '');
