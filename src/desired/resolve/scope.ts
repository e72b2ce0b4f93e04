import type { Catalog } from '../../model/kind/kind.ts';
import type { FieldSchema } from '../../model/kind/schema.ts';
import type { Reference, Source, WriteOnly } from '../../model/resource.ts';
import type { Declarations } from '../declare/declarations.ts';
import type { FileLocation, Refusal } from '../files/containment.ts';
import type { NamesOf } from '../declare/expandNames.ts';
import type { Problems } from '../problems/problems.ts';
import type { Node } from '../yaml/tree.ts';

/** A reference in a spec, and its position. */
export interface ReferenceUse {
  /** The top-level field of the spec that contains it. */
  readonly field: string;
  readonly schema: FieldSchema;
  readonly reference: Reference;
  /** The reference is an item of a list. */
  readonly listed: boolean;
  /** The value that names it. */
  readonly node: Node;
}

/** A file that a spec names: with its text if the spec includes that, otherwise its path. */
export type Included = { readonly ok: true; readonly text: string } | FileLocation | Refusal;

/** A secret that a spec takes from somewhere else. */
export interface SecretUse {
  /** The address as written, for messages: `teamSecrets/HUB_TOKEN`. */
  readonly owner: string;
  readonly path: string;
  readonly schema: FieldSchema;
  readonly source: Exclude<WriteOnly, { readonly from: 'value' | 'keep' }>;
  /** The position of the name of the variable or provider, or of the file's path. */
  readonly at: Source;
}

/** The input of resolving the values of a spec, and the collectors of its results and problems. */
export interface Scope {
  readonly catalog: Pick<Catalog, 'kinds' | 'lookups'>;
  readonly declared: Declarations;
  readonly problems: Problems;
  readonly namesOf: NamesOf;
  /** Looks up the file at a path, as written at a position. `read`: with its text. Refuses what may not be read. */
  readonly included: (path: string, at: Source, read: boolean) => Included;
  /** Whether `{ keep: true }` and `{ from: PROVIDER, key: K }` are allowed: in the desired state, not in settings. */
  readonly keeps: boolean;
  /** Collects the secrets that the specs use. */
  readonly secrets: SecretUse[];
  /** Why a value at a position may not read a variable, to follow the variable's name; undefined if it may. */
  readonly refuseVariable: (name: string, at: Source) => Refusal | undefined;
}

/** The context of a value: its owner, path, and key. */
export interface Where {
  /** For messages: `machines/a`. */
  readonly owner: string;
  /** The keys that lead to the value, joined by dots; empty for the spec itself. */
  readonly path: string;
  /** Its key; for an item of a list, the item. Its position is computed on demand. */
  readonly key: { readonly at: Source };
  /** Called for each reference that is resolved. */
  readonly used: (use: ReferenceUse) => void;
}

/** A placeholder for a value with a problem. A spec that contains it is never used. */
export const unresolvedValue = { from: 'keep' } as const;

/** The first field of a path. */
export const topLevelField = (path: string): string => path.replace(/[.[].*/s, '');
