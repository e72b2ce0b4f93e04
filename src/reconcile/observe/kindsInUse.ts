import type { Catalog } from '../../model/kind/kind.ts';
import type { Absent, Address, Desired } from '../../model/resource.ts';
import { splitAddress } from '../../model/resource.ts';
import { referencesIn } from '../compare/spec.ts';
import { kindOf } from '../kindOf.ts';

/**
 * The kinds to list in a pass: those of declared resources, of stored addresses, of `absent` and `prune`, and of live
 * references (INTERFACE 6.5), in the catalog's order. Lookups, such as OS templates, are not included: a plan requests
 * them.
 */
export function kindsInUse(
  catalog: Catalog,
  resources: readonly Desired[],
  absent: readonly Absent[],
  stored: readonly ReadonlyMap<Address, unknown>[],
  prune: readonly string[],
): readonly string[] {
  const used = new Set<string>(prune);
  for (const { kind } of [...absent, ...resources]) used.add(kind);
  for (const byAddress of stored)
    for (const address of byAddress.keys()) used.add(splitAddress(address).kind);
  for (const desired of resources) for (const kind of liveKinds(catalog, desired)) used.add(kind);
  return [...catalog.kinds.keys()].filter((kind) => used.has(kind));
}

const liveKinds = (catalog: Catalog, { kind, spec }: Desired): readonly string[] =>
  referencesIn(kindOf(catalog.kinds, kind).schema, spec)
    .map(({ reference }) => reference)
    .filter(({ by }) => by === 'live')
    .map((reference) => reference.kind);
