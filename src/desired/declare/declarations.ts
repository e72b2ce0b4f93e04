import type { ResourceKind } from '../../model/kind.ts';
import type { Source } from '../../model/resource.ts';
import { placeOf, type Problems } from '../problems/problems.ts';
import type { Entries, Entry, Node } from '../yaml/tree.ts';

/** One entry of a kind's map, not yet looked into: one resource, or several where its name has braces. */
export interface Declaration {
  readonly kind: ResourceKind;
  /** As it is written, for messages: `machines/worker-{01..08}`. */
  readonly owner: string;
  readonly names: readonly string[];
  /** Where its name stands. */
  readonly at: Source;
  /** Its fields, defaults included, without `lifecycle`. */
  readonly fields: Entries;
  readonly lifecycle: Entry | undefined;
}

/** A name in `absent:`. */
export interface AbsentName {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly at: Source;
}

/** What the documents of a config say, before anyone has looked into specs. Filled file by file. */
export interface Declarations {
  readonly resources: Declaration[];
  /** Defaults by themselves: they are checked even if no resource uses them. */
  readonly defaults: Declaration[];
  /** By kind and name. */
  readonly absent: Map<string, Map<string, AbsentName>>;
  /** By kind and name; the first one of each name. */
  readonly byKind: Map<string, Map<string, Declaration>>;
  /** `settings:` of `holdfast.yaml`. */
  settings?: Entry;
  /** Words of parts that could not be understood: they may declare them, so it is no second problem if nothing else does. */
  readonly suspected: Set<string>;
  /** There is a file or a name that could not be read: it may declare anything. */
  uncertain: boolean;
}

export const noDeclarations = (): Declarations => ({
  resources: [],
  defaults: [],
  absent: new Map(),
  byKind: new Map(),
  suspected: new Set(),
  uncertain: false,
});

/** The declared resources of a kind by name. */
export const declaredIn = (
  { byKind }: Declarations,
  kind: string,
): ReadonlyMap<string, Declaration> => byKind.get(kind) ?? new Map<string, Declaration>();

/** Whether a part that has a problem already may declare that name. */
export const isSuspected = ({ uncertain, suspected }: Declarations, name: string): boolean =>
  uncertain || suspected.has(name);

/** Every key and text of a part that is not understood may be the name of something. */
export function suspect(node: Node, declared: Declarations): void {
  switch (node.type) {
    case 'scalar':
      declared.suspected.add(String(node.value));
      return;
    case 'list':
      for (const item of node.items) suspect(item, declared);
      return;
    case 'map':
      for (const { key, value } of node.entries.values()) {
        declared.suspected.add(key);
        suspect(value, declared);
      }
  }
}

/** Likewise the words of a document that is no YAML. */
export function suspectWords(text: string, { suspected }: Declarations): void {
  for (const word of text.split(/[\s"',:[\]{}]+/)) suspected.add(word);
}

/** Remembers names under which something stands; of those that are taken, the first is a problem. */
export function claim<Claim extends { readonly at: Source }>(
  taken: Map<string, Claim>,
  names: readonly string[],
  claimed: Claim,
  what: (name: string) => string,
  problems: Problems,
): void {
  for (const name of names) {
    const first = taken.get(name);
    if (!first) taken.set(name, claimed);
    else
      problems.add(claimed.at, 'duplicate', `${what(name)} stands at ${placeOf(first.at)} already`);
  }
}
