import { annotations, type FieldSchema } from '../../model/kind/schema.ts';
import { mapSubschemas } from '../../model/kind/subschemas.ts';
import { alternativesOf, formOf, type FieldForm } from '../validate/fieldForms.ts';
import { textForms } from '../validate/textForms.ts';

/** JSON Schema for external tools, without Holdfast's annotations. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema of a field as written in YAML. */
export function editorFieldSchema(schema: FieldSchema, keeps = true): JsonSchema {
  const field = formOf(schema);
  if (field.form === 'plain') return plain(schema, keeps);
  const described = {
    description: schema.description ?? field.schema.description,
    ...('default' in schema && { default: schema.default }),
  };
  const forms = formsOf(field, keeps);
  return { ...described, anyOf: field.nullable ? [...forms, { type: 'null' }] : forms };
}

function formsOf(
  { form, schema }: Exclude<FieldForm, { form: 'plain' }>,
  keeps: boolean,
): readonly JsonSchema[] {
  switch (form) {
    case 'reference':
      return references(schema, keeps && schema.writeOnly === true);
    case 'references':
      return [{ type: 'array', items: { anyOf: references(schema, false) } }];
    case 'text':
      return texts(schema, keeps);
    case 'timetable':
      return alternativesOf(schema).map((branch) => plain(branch, keeps));
  }
}

const text: JsonSchema = { type: 'string', minLength: 1 };

/** An object with exactly these fields. */
const exactly = (properties: Readonly<Record<string, unknown>>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const keep = exactly({ keep: { const: true, description: 'Keep the live value.' } });

function references(
  { references: kind, referencesBy = {} }: FieldSchema,
  keeps: boolean,
): readonly JsonSchema[] {
  const direct = [
    { ...text, description: `The name of one of the ${kind}.` },
    exactly({
      live: {
        ...text,
        description: 'The name of one that is not declared but exists in the team.',
      },
    }),
    exactly({ id: { ...text, description: 'Its id.' } }),
  ];
  const ownForms = Object.entries(referencesBy).map(([key, otherKind]) =>
    exactly({ [key]: { anyOf: references({ references: otherKind }, false) } }),
  );
  return [...direct, ...ownForms, ...(keeps ? [keep] : [])];
}

function texts(schema: FieldSchema, keeps: boolean): readonly JsonSchema[] {
  const forms = [
    exactly({ env: { ...text, description: 'The environment variable that holds it.' } }),
    exactly({
      file: { ...text, description: 'The file that holds it, relative to the config directory.' },
    }),
    ...(keeps ? [keep] : []),
  ];
  return schema.secret
    ? [
        ...forms,
        exactly({ sops: text, key: text }),
        ...(keeps ? [exactly({ from: text, key: text })] : []),
      ]
    : [plain(schema, keeps), ...forms];
}

/** The schema without Holdfast's keywords; its parts as written in YAML. */
const plain = (schema: FieldSchema, keeps: boolean): JsonSchema => ({
  ...mapSubschemas(withoutOwnKeywords(schema), (inner) => editorFieldSchema(inner, keeps)),
});

/** Removes Holdfast's keywords and formats. */
const withoutOwnKeywords = (schema: FieldSchema): FieldSchema =>
  Object.fromEntries(
    Object.entries(schema).filter(
      ([key, value]) => !ownKeywords.has(key) && !(key === 'format' && String(value) in textForms),
    ),
  );

const ownKeywords: ReadonlySet<string> = new Set(annotations);
