import type { FieldSchema } from '../../model/schema.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import { liveKey, type Chosen, type Team } from './selectResources.ts';

/** How YAML names the live resource that a field holds the id of; undefined where that is no resource at all. */
export type Refer = (schema: FieldSchema, id: string) => unknown;

/**
 * References by name where what they name is declared or about to be, `{ live: NAME }` where the name is unique, else `{ id: ID }`. What a
 * complete listing does not show is no resource: the network that a team has by default, something that is gone.
 */
export function refersIn(
  { catalog, snapshot, declared, isName }: Team,
  chosen: readonly Chosen[],
): Refer {
  const names = new Map([
    ...declared,
    ...chosen.map(({ kind, name, live }) => [liveKey(kind.name, live.id), name] as const),
  ]);
  const named = (kind: string, id: string): unknown => {
    const known = names.get(liveKey(kind, id));
    if (known !== undefined) return known;
    const name = uniqueName(snapshot, kind, id);
    if (name === undefined) return { id };
    return catalog.kinds.has(kind) || !isName(name) ? { live: name } : name;
  };
  return ({ references = '', referencesBy = {} }, id) => {
    if (snapshot.get(references)?.byId.has(id)) return named(references, id);
    const other = Object.entries(referencesBy).find(([, kind]) => snapshot.get(kind)?.byId.has(id));
    if (other) return { [other[0]]: named(other[1], id) };
    return snapshot.get(references)?.complete ? undefined : { id };
  };
}

function uniqueName(snapshot: Snapshot, kind: string, id: string): string | undefined {
  const listing = snapshot.get(kind);
  const name = listing?.byId.get(id)?.name;
  if (!listing?.complete || !name) return undefined;
  return listing.byName.get(name)?.length === 1 ? name : undefined;
}
