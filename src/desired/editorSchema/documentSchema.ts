import type { Catalog, ResourceKind } from '../../model/kind/kind.ts';
import { editorFieldSchema, type JsonSchema } from './fieldSchema.ts';
import { namesOf, setsOf } from '../validate/fieldForms.ts';
import { labelsSchema } from '../declare/labels.ts';
import { lifecycleSchema } from '../declare/lifecycle.ts';
import { settingsSchema as settings } from '../settings/settingsSchema.ts';

const dialect = 'https://json-schema.org/draft/2020-12/schema';

/** A document with these keys. Anchors may be declared under `x-…`. */
const documentOf = (title: string, properties: JsonSchema): JsonSchema => ({
  $schema: dialect,
  title,
  type: ['object', 'null'],
  properties,
  patternProperties: { '^x-': true },
  additionalProperties: false,
});

/**
 * JSON Schema of a document of the desired state, for editors. It omits what needs all files (references, rules across
 * resources). Required fields are required only if the document has no `defaults`.
 */
export function documentSchema(catalog: Catalog): JsonSchema {
  const kinds = [...catalog.kinds.values()];
  const forEach = (schemaOf: (kind: ResourceKind) => JsonSchema): JsonSchema =>
    Object.fromEntries(kinds.map((kind) => [kind.name, schemaOf(kind)]));
  const resources = forEach(({ name, singular }) => ({
    ...mapOf(specOf(name)),
    description: `Each ${singular} by name; braces expand to several names.`,
  }));
  return {
    ...documentOf('Holdfast: desired state', {
      ...resources,
      defaults: section(
        'Default fields for the resources of this file.',
        forEach(({ name }) => specOf(name)),
      ),
      absent: section('Resources to delete if they exist.', forEach(absentOf)),
    }),
    if: { ...having(['defaults']), type: 'object' },
    else: {
      type: ['object', 'null'],
      properties: Object.fromEntries(kinds.flatMap(requiredOf)),
    },
    $defs: { ...forEach(definitionOf), labels: { ...labelsSchema, type: ['object', 'null'] } },
  };
}

/** JSON Schema of `holdfast.yaml`, for editors. */
export const settingsSchema = (): JsonSchema =>
  documentOf('Holdfast: settings', {
    settings: { ...editorFieldSchema(settings, false), type: ['object', 'null'] },
  });

const specOf = (kind: string): JsonSchema => ({ $ref: `#/$defs/${kind}` });

const mapOf = (values: JsonSchema): JsonSchema => ({
  type: ['object', 'null'],
  additionalProperties: values,
});

const section = (description: string, properties: JsonSchema): JsonSchema => ({
  description,
  type: ['object', 'null'],
  properties,
  additionalProperties: false,
});

const absentOf = ({ name }: ResourceKind): JsonSchema => ({
  description: `Names of ${name}; braces expand to several names.`,
  type: ['array', 'null'],
  items: { type: 'string', minLength: 1 },
});

/** The required fields of a resource, for documents without defaults. */
const requiredOf = ({ name, schema: { required = [] } }: ResourceKind) =>
  required.length > 0 ? [[name, mapOf(having(required))] as const] : [];

const having = (required: readonly string[]): JsonSchema => ({
  type: ['object', 'null'],
  properties: Object.fromEntries(required.map((field) => [field, true])),
  required,
});

/** The spec of a kind with all of its fields optional. */
function definitionOf(kind: ResourceKind): JsonSchema {
  const { required: _, properties, ...spec } = editorFieldSchema(kind.schema);
  const fields = properties as JsonSchema;
  return {
    ...spec,
    type: ['object', 'null'],
    properties: { ...fields, lifecycle: lifecycleOf(kind), labels: { $ref: '#/$defs/labels' } },
  };
}

function lifecycleOf({ schema, relations }: ResourceKind): JsonSchema {
  const { properties, ...lifecycle } = editorFieldSchema(lifecycleSchema);
  const fields = namesOf(schema).join('|');
  const sets = setsOf(schema, relations);
  return {
    ...lifecycle,
    type: ['object', 'null'],
    properties: {
      ...(properties as JsonSchema),
      ignoreChanges: { type: 'array', items: { type: 'string', pattern: `^(${fields})(\\.|$)` } },
      additive: {
        type: 'array',
        ...(sets.length > 0 ? { items: { enum: sets } } : { maxItems: 0 }),
      },
    },
  };
}
