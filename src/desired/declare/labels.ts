import { Type, type TUnsafe } from 'typebox';
import type { FieldSchema } from '../../model/kind/schema.ts';
import type { Labels } from '../../model/selection/labels.ts';
import type { Scope } from '../resolve/scope.ts';
import { reportSchemaErrors } from '../validate/schemaErrors.ts';
import { checkOf } from '../validate/validator.ts';
import { isNothing, mapping, membersOf, toJson } from '../yaml/tree.ts';
import type { Declaration } from './declarations.ts';

/** The largest number of labels of one resource. */
const maxLabels = 32;

/** The key of a label: it stands before `=` in a selector, and without quotes in YAML. */
export const labelKey = {
  type: 'string',
  maxLength: 63,
  pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$',
  title: 'letters and digits, with . _ - between them',
  examples: ['owner'],
} as const;

/** The value of a label, and other short texts. A `*` would be a pattern in a selector. */
export const printableText = {
  type: 'string',
  maxLength: 128,
  pattern: '^[^\\p{C}\\p{Z}*]([^\\p{C}\\p{Zl}\\p{Zp}*]*[^\\p{C}\\p{Z}*])?$',
  title: 'printable text without * and without spaces around it',
  examples: ['ml-platform'],
} as const;

/** Makes the schema of labels. `defaults`: the labels if none are set. */
export const labelsWith = (description: string, defaults?: Labels) =>
  Type.Unsafe<Labels>({
    type: 'object',
    description,
    maxProperties: maxLabels,
    propertyNames: labelKey,
    additionalProperties: printableText,
    ...(defaults && { default: defaults }),
  }) as TUnsafe<Labels> & FieldSchema;

/** `labels` of a spec as written (INTERFACE 11). */
export const labelsSchema = labelsWith(
  'Labels such as `owner: ml`, by which commands, notifications, and pages select resources. Never sent to the API.',
);

const specSchema: FieldSchema = { type: 'object', properties: { labels: labelsSchema } };

/** Validates the labels of a declaration. Undefined if it has none, or if anything is wrong with them. */
export function labelsOf(
  { owner, labels, at }: Declaration,
  { problems }: Pick<Scope, 'problems'>,
): Labels | undefined {
  if (!labels || isNothing(labels.value)) return undefined;
  const count = membersOf(labels.value);
  if (count > maxLabels) {
    const message = `labels of ${owner} holds ${count} members; it takes at most ${maxLabels}`;
    problems.add(labels.value.at, 'wrong-value', message);
    return undefined;
  }
  const values = toJson(labels.value);
  const errors = checkOf(specSchema)({ labels: values });
  const node = mapping(at, new Map([['labels', labels]]));
  reportSchemaErrors(errors, { owner, whole: { node, key: at }, problems });
  return errors.length > 0 || count === 0 ? undefined : (values as Labels);
}
