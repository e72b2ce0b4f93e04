import type { Catalog, Kinds, Lookup, ResourceKind } from '../model/kind/kind.ts';

/**
 * Returns the kind with this name. Every declared or planned resource has a known kind, so another name is a bug, and
 * throws.
 */
export const kindOf = (kinds: Kinds, name: string): ResourceKind => known(kinds.get(name), name);

/** Returns the kind or lookup with this name. Another name is a bug, and throws. */
export const listedAs = ({ kinds, lookups }: Catalog, name: string): Lookup =>
  known(kinds.get(name) ?? lookups.get(name), name);

function known<Value>(kind: Value | undefined, name: string): Value {
  if (kind === undefined) throw new Error(`there is no kind ${name}`);
  return kind;
}
