import type { ResourceKind } from '../../model/kind/kind.ts';
import type { Source } from '../../model/resource.ts';
import { type Problems } from '../problems/problems.ts';
import { positionText } from '../../model/resource.ts';
import type { Entries, Entry, Node } from '../yaml/tree.ts';

/** An entry of a kind's map before its spec is resolved: one resource, or several if its name has braces. */
export interface Declaration {
  readonly kind: ResourceKind;
  /** The address as written, for messages: `machines/worker-{01..08}`. */
  readonly owner: string;
  readonly names: readonly string[];
  /** The position of the name. */
  readonly at: Source;
  /** The fields, with defaults applied and without `lifecycle` and `labels`. */
  readonly fields: Entries;
  readonly lifecycle: Entry | undefined;
  readonly labels: Entry | undefined;
}

/** A name in `absent:`. */
export interface AbsentName {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly at: Source;
}

/** The declarations of all documents, before specs are resolved. Filled file by file. */
export interface Declarations {
  readonly resources: Declaration[];
  /** The defaults as declarations of their own: they are checked even if no resource uses them. */
  readonly defaults: Declaration[];
  /** By kind and name. */
  readonly absent: Map<string, Map<string, AbsentName>>;
  /** By kind and name; of repeated names, the first. */
  readonly byKind: Map<string, Map<string, Declaration>>;
  /** `settings:` of `holdfast.yaml`. */
  settings?: Entry;
  /**
   * Words of parts with problems. Such a part may declare any of them, so a reference to one is not reported as
   * dangling.
   */
  readonly suspected: Set<string>;
  /** A file or a name could not be read, so it may declare anything. */
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

/** The declared resources of a kind, by name. */
export const declaredIn = (
  { byKind }: Declarations,
  kind: string,
): ReadonlyMap<string, Declaration> => byKind.get(kind) ?? new Map<string, Declaration>();

/** Whether a part that already has a problem may declare that name. */
export const mayDeclare = ({ uncertain, suspected }: Declarations, name: string): boolean =>
  uncertain || suspected.has(name);

/** Marks every key and value of a part with problems as a possible name. */
export function markMayDeclare(node: Node, declared: Declarations): void {
  switch (node.type) {
    case 'scalar':
      declared.suspected.add(String(node.value));
      return;
    case 'list':
      for (const item of node.items) markMayDeclare(item, declared);
      return;
    case 'map':
      for (const { key, value } of node.entries.values()) {
        declared.suspected.add(key);
        markMayDeclare(value, declared);
      }
  }
}

/** Marks every word of a document that is not valid YAML as a possible name. */
export function markWordsMayDeclare(text: string, { suspected }: Declarations): void {
  for (const word of text.split(/[\s"',:[\]{}]+/)) suspected.add(word);
}

/**
 * Registers names in `taken`. A name that is already there is a `duplicate` problem at the position of `claimed`.
 * `what` describes a name for the message.
 */
export function registerName<Claim extends { readonly at: Source }>(
  taken: Map<string, Claim>,
  names: readonly string[],
  claimed: Claim,
  describe: (name: string) => string,
  problems: Problems,
): void {
  for (const name of names) {
    const first = taken.get(name);
    if (!first) taken.set(name, claimed);
    else
      problems.add(
        claimed.at,
        'duplicate',
        `${describe(name)} is already declared at ${positionText(first.at)}`,
      );
  }
}
