import type { FieldSchema } from '../../model/kind/schema.ts';
import type { Spec } from '../../model/resource.ts';
import { isNamedSecret } from '../compare/redact.ts';
import { isObject } from '../compare/spec.ts';
import type { AddressMask } from './addresses.ts';
import type { Path } from './document.ts';

/** A value that may be shown, with null in place of each hidden part. */
interface Shown<Value> {
  readonly value: Value;
  readonly hidden: readonly Path[];
}

/**
 * Hides the parts of a live spec that no snapshot may contain: values that may be secrets, and addresses that are not
 * declared. Leaves out what the schema does not describe. Pure, apart from the numbers of the mask.
 */
export const hideIn = (schema: FieldSchema, spec: Spec, mask: AddressMask): Shown<Spec> =>
  show(schema, spec, { mask, path: [] }) as Shown<Spec>;

interface Place {
  readonly mask: AddressMask;
  readonly path: Path;
}

function show(schema: FieldSchema, value: unknown, place: Place): Shown<unknown> {
  if (isSecret(schema, value)) return { value: null, hidden: [place.path] };
  if (typeof value === 'string') return showText(schema, value, place);
  if (Array.isArray(value)) return showItems(schema, value, place);
  return isObject(value) ? showParts(schema, value, place) : { value, hidden: [] };
}

const isSecret = ({ sensitive, writeOnly, secret }: FieldSchema, value: unknown): boolean =>
  value != null &&
  (writeOnly === true || secret === true || (sensitive === true && !isNamedSecret(value)));

/** An id keeps its identity: it gets a placeholder. */
function showText({ references, relation }: FieldSchema, text: string, { mask, path }: Place) {
  if (references !== undefined || relation !== undefined)
    return { value: mask.apply(text), hidden: [] };
  return mask.isIn(text) ? { value: null, hidden: [path] } : { value: text, hidden: [] };
}

function showItems(schema: FieldSchema, items: readonly unknown[], place: Place): Shown<unknown> {
  const { references, relation } = schema;
  const itemSchema =
    references === undefined && relation === undefined ? (schema.items ?? {}) : schema;
  const shown = items.map((one, index) => show(itemSchema, one, inside(place, index)));
  return { value: shown.map(({ value }) => value), hidden: shown.flatMap(({ hidden }) => hidden) };
}

function showParts(schema: FieldSchema, parts: Spec, place: Place): Shown<unknown> {
  const shown = Object.entries(parts).flatMap(([key, part]) => {
    const partSchema = schemaOf(schema, key);
    return partSchema === undefined || part === undefined || place.mask.isIn(key)
      ? []
      : [[key, show(partSchema, part, inside(place, key))] as const];
  });
  return {
    value: Object.fromEntries(shown.map(([key, { value }]) => [key, value])),
    hidden: shown.flatMap(([, { hidden }]) => hidden),
  };
}

/** The schema of a part; undefined if the schema has no such part. */
function schemaOf(
  { properties = {}, additionalProperties = true }: FieldSchema,
  key: string,
): FieldSchema | undefined {
  if (Object.hasOwn(properties, key)) return properties[key];
  if (additionalProperties === false) return undefined;
  return additionalProperties === true ? {} : additionalProperties;
}

const inside = ({ mask, path }: Place, step: string | number): Place => ({
  mask,
  path: [...path, step],
});
