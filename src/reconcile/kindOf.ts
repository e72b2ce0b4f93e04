import type { Catalog, Kinds, Lookup, ResourceKind } from '../model/kind.ts';

/** The kind of that name. Whatever is declared or planned is of one that there is, so another name is a bug, and throws. */
export const kindOf = (kinds: Kinds, name: string): ResourceKind => known(kinds.get(name), name);

/** What is listed under that name: a kind, or what can only be referred to. Another name is a bug, and throws. */
export const listedAs = ({ kinds, lookups }: Catalog, name: string): Lookup =>
  known(kinds.get(name) ?? lookups.get(name), name);

function known<Value>(kind: Value | undefined, name: string): Value {
  if (kind === undefined) throw new Error(`there is no kind ${name}`);
  return kind;
}
