import type { ResourceKind } from '../../model/kind/kind.ts';
import { addressOf, type Observed } from '../../model/resource.ts';
import type { SelectedResource, LeftOut, Team } from './team.ts';

/** The key of a live resource in maps. */
export const liveKey = (kind: string, id: string): string => `${kind}/${id}`;

/**
 * Selects the live resources to declare: all of `team.only` that are not declared, except those with an obstacle. A
 * kind whose list is incomplete has none.
 */
export function selectResources(
  team: Team,
  kinds: readonly string[],
): { readonly chosen: readonly SelectedResource[]; readonly leftOut: readonly LeftOut[] } {
  const chosen: SelectedResource[] = [];
  const leftOut: LeftOut[] = [];
  for (const name of kinds) {
    const kind = team.catalog.kinds.get(name);
    const listing = team.snapshot.get(name);
    if (!kind || !listing?.complete) continue;
    const namesakes = Map.groupBy(listing.items, (live) => nameFor(kind, live));
    for (const live of listing.items) {
      const key = liveKey(name, live.id);
      if (team.declared.has(key) || team.only?.has(key) === false) continue;
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
  { kind, name, live }: SelectedResource,
  namesakes: number,
  { taken, isName }: Team,
): string | undefined {
  if (live.readOnlyReason !== undefined) return live.readOnlyReason;
  if (live.failure !== undefined) return `it has failed: ${live.failure}`;
  if (!live.ready) return `it is ${live.transition ?? 'not ready'}; import it when it is ready`;
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
