import type { Catalog } from '../../model/kind.ts';
import type { FieldSchema } from '../../model/schema.ts';
import type { Reference, Source } from '../../model/resource.ts';
import type { SecretSource } from '../../model/settings.ts';
import type { Declarations } from '../declare/declarations.ts';
import type { Place, Refusal } from '../files/containment.ts';
import type { NamesOf } from '../declare/expandNames.ts';
import type { Problems } from '../problems/problems.ts';

/** A reference that a spec makes, and where. */
export interface Use {
  /** The field of the spec that makes it, or the field around it. */
  readonly field: string;
  readonly schema: FieldSchema;
  readonly reference: Reference;
  /** It is one of a list. */
  readonly listed: boolean;
  readonly at: Source;
}

/** A file that a spec names: its text where a spec takes that, else where it is. */
export type Included = { readonly ok: true; readonly text: string } | Place | Refusal;

/** A secret that a spec takes from elsewhere. */
export interface SecretUse {
  /** As it is written, for messages: `teamSecrets/HUB_TOKEN`. */
  readonly owner: string;
  readonly path: string;
  readonly schema: FieldSchema;
  readonly source: SecretSource;
  /** Where its variable or file stands. */
  readonly at: Source;
}

/** What is needed to understand the values of a spec. */
export interface Scope {
  readonly catalog: Pick<Catalog, 'kinds' | 'lookups'>;
  readonly declared: Declarations;
  readonly problems: Problems;
  readonly namesOf: NamesOf;
  /** The file at a path as it is written at a place, with its text where that is to be taken. */
  readonly included: (path: string, at: Source, read: boolean) => Included;
  /** Whether `{ keep: true }` means something here. */
  readonly keeps: boolean;
  /** Gathers the secrets that are read elsewhere. */
  readonly secrets: SecretUse[];
  /** Whether values may name Holdfast's own variables and files: only the operator's settings may. */
  readonly ownAllowed: boolean;
}

/** Where a value stands: whose it is, and under which key. */
export interface Where {
  /** For messages: `machines/a`. */
  readonly owner: string;
  /** The fields that lead to it, joined by dots; empty for the spec itself. */
  readonly path: string;
  /** Its key; for an item of a list, itself. */
  readonly key: Source;
  /** Takes notice of each reference. */
  readonly used: (use: Use) => void;
}

/** What stands in a spec for a value that is among the problems already; such a spec goes nowhere. */
export const unresolved = { from: 'keep' } as const;

/** The field of a spec that a path begins with. */
export const firstOf = (path: string): string => path.replace(/[.[].*/s, '');
