import type { FieldSchema } from '../../model/kind/schema.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import { liveKey } from './selectResources.ts';
import type { SelectedResource, Team } from './team.ts';

/** Converts the id in a field to a reference for YAML; undefined if it is the id of no resource. */
export type Refer = (schema: FieldSchema, id: string) => unknown;

/**
 * Creates references: by name if the resource is declared or about to be, `{ live: NAME }` if its name is unique,
 * otherwise `{ id: ID }`. An id that a complete list does not contain refers to nothing: the default network of a team,
 * or something deleted.
 */
export function referenceWriter(
  {
    catalog,
    snapshot,
    declared,
    isName,
  }: Pick<Team, 'catalog' | 'snapshot' | 'declared' | 'isName'>,
  chosen: readonly SelectedResource[],
): Refer {
  const names = new Map([
    ...declared,
    ...chosen.map(({ kind, name, live }) => [liveKey(kind.name, live.id), name] as const),
  ]);
  const referenceTo = (kind: string, id: string): unknown => {
    const declaredName = names.get(liveKey(kind, id));
    if (declaredName !== undefined) return declaredName;
    const name = uniqueName(snapshot, kind, id);
    if (name === undefined) return { id };
    return catalog.kinds.has(kind) || !isName(name) ? { live: name } : name;
  };
  return ({ references = '', referencesBy = {} }, id) => {
    if (snapshot.get(references)?.byId.has(id)) return referenceTo(references, id);
    const alternative = Object.entries(referencesBy).find(([, kind]) =>
      snapshot.get(kind)?.byId.has(id),
    );
    if (alternative) return { [alternative[0]]: referenceTo(alternative[1], id) };
    return snapshot.get(references)?.complete ? undefined : { id };
  };
}

function uniqueName(snapshot: Snapshot, kind: string, id: string): string | undefined {
  const listing = snapshot.get(kind);
  const name = listing?.byId.get(id)?.name;
  if (!listing?.complete || !name) return undefined;
  return listing.named(name).length === 1 ? name : undefined;
}
