import type { FieldSchema } from '../../model/kind/schema.ts';
import type { FieldChange } from '../../model/pass/plan.ts';
import type { Spec } from '../../model/resource.ts';
import { displayValue } from './compare.ts';
import { isObject, isReference, isWriteOnly } from './spec.ts';

/** A declared spec for display: names for references, the source of a write-only value, and no secret. */
export const redactDeclared = (schema: FieldSchema, spec: Spec): Spec =>
  visible(schema, spec, said);

/** A live spec for display. */
export const redactLive = (schema: FieldSchema, spec: Spec): Spec =>
  visible(schema, spec, (_, value) => value);

/** Differences for display. Neither side of a field that may hold a secret is shown. */
export const redactChanges = (
  schema: FieldSchema,
  changes: readonly FieldChange[],
): readonly FieldChange[] =>
  changes.map(({ path, desired, observed }) => {
    const field = schemaAt(schema, path);
    return {
      path,
      desired: see(field, desired, said),
      observed: see(field, observed, said),
    };
  });

/** The schema of the value at a path such as `config.env[0].value`; empty for an undescribed value. */
const schemaAt = (schema: FieldSchema, path: string): FieldSchema =>
  (path.match(/\[\d+\]|[^.[]+/g) ?? []).reduce<FieldSchema>(
    (at, key) => (key.startsWith('[') ? at.items : at.properties?.[key]) ?? {},
    schema,
  );

type Say = (schema: FieldSchema, value: unknown) => unknown;

const visible = (schema: FieldSchema, spec: Spec, say: Say): Spec => see(schema, spec, say) as Spec;

function see(schema: FieldSchema, value: unknown, say: Say): unknown {
  if (schema.sensitive && value !== null) return isNamedSecret(value) ? value : hidden;
  if (schema.writeOnly || schema.secret || isReference(value)) return say(schema, value);
  if (Array.isArray(value)) return value.map((one) => see(schema.items ?? {}, one, say));
  if (!isObject(value)) return value;
  const { properties, additionalProperties } = schema;
  const others = typeof additionalProperties === 'object' ? additionalProperties : {};
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, see(properties?.[key] ?? others, one, say)]),
  );
}

const hidden = '(hidden)';

/** `secret:NAME` is the name of a secret, not its value (FACTS 3.11). */
export const isNamedSecret = (value: unknown): boolean =>
  typeof value === 'string' && value.startsWith('secret:');

function said(schema: FieldSchema, value: unknown): unknown {
  if (isReference(value)) return value.by === 'id' ? { id: value.id } : value.name;
  if (!isWriteOnly(value)) return displayValue(schema, value);
  switch (value.from) {
    case 'value':
      return displayValue(schema, value);
    case 'keep':
      return { keep: true };
    case 'env':
      return { env: value.name };
    case 'file':
      return { file: value.path };
    case 'sops':
      return { sops: value.path, key: value.key };
    case 'provider':
      return { from: value.provider, key: value.key };
  }
}
