import { nearest } from '../desired/problems/nearest.ts';
import type { Kinds } from '../model/kind/kind.ts';
import { UserError } from '../setup/context.ts';
import type { Entry } from './entries/entries.ts';
import { memberFields } from './entries/memberRequests.ts';

/** A field that an import left out because of `--without`. */
export interface SkippedField {
  readonly kind: string;
  readonly field: string;
}

/** Checks the fields of `--without`. Throws a `UserError` if one is not listed resource by resource in any kind. */
export function parseSkipped(requested: readonly string[], kinds: Kinds): ReadonlySet<string> {
  const fields = new Set([...kinds.values()].flatMap(memberFields));
  const unknown = requested.find((field) => !fields.has(field));
  if (unknown === undefined) return new Set(requested);
  const meant = nearest(unknown, fields);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  throw new UserError(`--without ${unknown}: write some of ${[...fields].join(', ')}${hint}`);
}

/** The skipped fields of the kinds that these entries have. */
export const skippedIn = (
  entries: readonly Pick<Entry, 'kind'>[],
  skipped: ReadonlySet<string>,
  kinds: Kinds,
): readonly SkippedField[] =>
  [...new Set(entries.map(({ kind }) => kind))].flatMap((kind) => {
    const fields = new Set(memberFields(kinds.get(kind) ?? {}));
    return [...skipped.intersection(fields)].map((field) => ({ kind, field }));
  });
