import type { FieldSchema } from '../../model/schema.ts';
import type { Listing, Snapshot } from '../../model/pass/snapshot.ts';
import type { Spec } from '../../model/resource.ts';
import { fieldsOf, specOf, valueAt } from './spec.ts';

/**
 * Gives texts the API's own spelling where they differ from it only in case. The spelling comes from the API's offers
 * (`spelledBy`) or from live resources of the kind; other texts stay as they are.
 */
export const spelledSpec = (
  kind: string,
  schema: FieldSchema,
  spec: Spec,
  snapshot: Snapshot,
): Spec =>
  specOf(
    fieldsOf(schema, spec).map(({ path, schema: field, value }) => [
      path,
      spelled(value, field, { kind, path }, snapshot),
    ]),
  );

/** One value in the API's own spelling. */
export function spelled(
  value: unknown,
  { caseInsensitive, spelledBy = {} }: FieldSchema,
  { kind, path }: { readonly kind: string; readonly path: string },
  snapshot: Snapshot,
): unknown {
  if (!caseInsensitive || typeof value !== 'string') return value;
  const shown = [
    ...Object.entries(spelledBy).map(([lookup, fact]) =>
      spellingsIn(snapshot.get(lookup), `attributes.${fact}`),
    ),
    spellingsIn(snapshot.get(kind), `spec.${path}`),
  ];
  const meant = value.toLowerCase();
  return shown.find((spellings) => spellings.has(meant))?.get(meant) ?? value;
}

type Spellings = ReadonlyMap<string, string>;

const none: Spellings = new Map();
const known = new WeakMap<Listing, Map<string, Spellings>>();

/** The texts in a listing at a path, by lower case. Computed once for each listing. */
function spellingsIn(listing: Listing | undefined, path: string): Spellings {
  if (!listing) return none;
  const byPath = known.get(listing) ?? new Map<string, Spellings>();
  known.set(listing, byPath);
  const spellings =
    byPath.get(path) ??
    new Map(
      listing.items
        .flatMap((item) => valueAt({ ...item }, path) ?? [])
        .filter((text) => typeof text === 'string')
        .map((text) => [text.toLowerCase(), text]),
    );
  byPath.set(path, spellings);
  return spellings;
}
