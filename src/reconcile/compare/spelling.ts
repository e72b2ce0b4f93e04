import type { FieldSchema } from '../../model/kind/schema.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Observed, Spec } from '../../model/resource.ts';
import { fieldsOf, specOf, valueAt } from './spec.ts';

/**
 * Gives texts the API's own spelling where they differ from it only in case. The spelling comes from the API's offers
 * (`spelledBy`) or from live resources of the kind; other texts stay as they are.
 */
export interface Spellings {
  ofSpec(kind: string, schema: FieldSchema, spec: Spec): Spec;
  ofValue(
    value: unknown,
    schema: FieldSchema,
    at: { readonly kind: string; readonly path: string },
  ): unknown;
}

/** Creates the spellings of a snapshot. A listing is indexed at the first use of one of its fields. */
export function spellingsIn(snapshot: Snapshot): Spellings {
  const indexes = new Map<string, ReadonlyMap<string, string>>();
  const textsAt = (kind: string, path: string): ReadonlyMap<string, string> => {
    const key = `${kind} ${path}`;
    const texts = indexes.get(key) ?? textsByLowerCase(snapshot.get(kind)?.items ?? [], path);
    indexes.set(key, texts);
    return texts;
  };
  const ofValue: Spellings['ofValue'] = (
    value,
    { caseInsensitive, spelledBy = {} },
    { kind, path },
  ) => {
    if (!caseInsensitive || typeof value !== 'string') return value;
    const shown = [
      ...Object.entries(spelledBy).map(([lookup, fact]) => textsAt(lookup, `attributes.${fact}`)),
      textsAt(kind, `spec.${path}`),
    ];
    const meant = value.toLowerCase();
    return shown.find((texts) => texts.has(meant))?.get(meant) ?? value;
  };
  return {
    ofValue,
    ofSpec: (kind, schema, spec) =>
      specOf(
        fieldsOf(schema, spec).map(({ path, schema: field, value }) => [
          path,
          ofValue(value, field, { kind, path }),
        ]),
      ),
  };
}

/** The texts of some items at a path, by lower case. */
const textsByLowerCase = (items: readonly Observed[], path: string): ReadonlyMap<string, string> =>
  new Map(
    items
      .flatMap((item) => valueAt({ ...item }, path) ?? [])
      .filter((text) => typeof text === 'string')
      .map((text) => [text.toLowerCase(), text]),
  );
