import type { Catalog, ResourceKind } from '../../model/kind.ts';
import { authored, type JsonSchema } from './fieldSchema.ts';
import { namesOf, setsOf } from '../validate/fieldForms.ts';
import { lifecycleSchema } from '../declare/lifecycle.ts';
import { settingsSchema as settings } from '../settings/settingsSchema.ts';

const dialect = 'https://json-schema.org/draft/2020-12/schema';

/** A document's own keys, beside which anchors may stand under `x-…`. */
const documentOf = (title: string, properties: JsonSchema): JsonSchema => ({
  $schema: dialect,
  title,
  type: ['object', 'null'],
  properties,
  patternProperties: { '^x-': true },
  additionalProperties: false,
});

/**
 * JSON Schema of a document of the desired state, for editors. What can only be seen with all files at hand (references, rules
 * across resources) it does not say; required fields are required where the document has no `defaults`.
 */
export function authoringSchema(catalog: Catalog): JsonSchema {
  const kinds = [...catalog.kinds.values()];
  const forEach = (of: (kind: ResourceKind) => JsonSchema): JsonSchema =>
    Object.fromEntries(kinds.map((kind) => [kind.name, of(kind)]));
  const resources = forEach(({ name, singular }) => ({
    ...mapOf(specOf(name)),
    description: `Each ${singular} by its name; braces stand for several.`,
  }));
  return {
    ...documentOf('Holdfast: desired state', {
      ...resources,
      defaults: section(
        'For this file only: fields under those of each resource.',
        forEach(({ name }) => specOf(name)),
      ),
      absent: section('Deleted, if they are there.', forEach(absentOf)),
    }),
    if: { ...having(['defaults']), type: 'object' },
    else: {
      type: ['object', 'null'],
      properties: Object.fromEntries(kinds.flatMap(requiredOf)),
    },
    $defs: forEach(definitionOf),
  };
}

/** JSON Schema of `holdfast.yaml`, for editors. */
export const settingsSchema = (): JsonSchema =>
  documentOf('Holdfast: settings', {
    settings: { ...authored(settings, false), type: ['object', 'null'] },
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
  description: `Names of ${name}; braces stand for several.`,
  type: ['array', 'null'],
  items: { type: 'string', minLength: 1 },
});

/** What a resource must have when there are no defaults that may have it. */
const requiredOf = ({ name, schema: { required = [] } }: ResourceKind) =>
  required.length > 0 ? [[name, mapOf(having(required))] as const] : [];

const having = (required: readonly string[]): JsonSchema => ({
  type: ['object', 'null'],
  properties: Object.fromEntries(required.map((field) => [field, true])),
  required,
});

/** A spec of the kind, none of whose own fields is required. */
function definitionOf(kind: ResourceKind): JsonSchema {
  const { required: _, properties, ...spec } = authored(kind.schema);
  const fields = properties as JsonSchema;
  return {
    ...spec,
    type: ['object', 'null'],
    properties: { ...fields, lifecycle: lifecycleOf(kind) },
  };
}

function lifecycleOf({ schema, relations }: ResourceKind): JsonSchema {
  const { properties, ...lifecycle } = authored(lifecycleSchema);
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
