import type { ErrorObject } from 'ajv/dist/2020.js';
import type { SpecSchema } from '../../model/kind/schema.ts';
import { namesOf } from './fieldForms.ts';
import { quote, escaped, type Problems } from '../problems/problems.ts';
import { locate, type Located } from '../yaml/tree.ts';
import { tagsOf, errorMessage } from './messages.ts';

/** Where required fields may be missing: in the root itself, at any depth, or nowhere. */
export type MayLack = 'itself' | 'throughout' | 'nowhere';

/** A validated value with its owner and position, and the collector of its problems. */
export interface Checked {
  /** For messages: `machines/a`. */
  readonly owner: string;
  readonly whole: Located;
  /** Default: nowhere. */
  readonly mayLack?: MayLack;
  /** Keys of the root that the schema does not have. Default: none. */
  readonly alsoTakes?: readonly string[];
  readonly problems: Problems;
}

/** The maximum number of errors that are examined for one spec: more would all be alike. */
const maxErrors = 1000;

/** Converts the errors of the JSON Schema validator to problems: one for each mistake, at its position in the YAML. */
export function reportSchemaErrors(errors: readonly ErrorObject[], checked: Checked): void {
  const causes = withoutConsequences(errors.slice(0, maxErrors).map(asMissing));
  const unknown = causes.filter(({ keyword }) => keyword === 'additionalProperties');
  const meant = new Set(unknown.map((error) => reportUnknown(error, checked)));
  for (const error of causes)
    if (error.propertyName !== undefined) reportName(error, error.propertyName, checked);
    else if (error.keyword === 'required') reportMissing(error, meant, checked);
    else if (!['additionalProperties', 'propertyNames'].includes(error.keyword))
      reportWrong(error, checked);
}

/** Treats a missing discriminator property like any other missing field. */
const asMissing = (error: ErrorObject): ErrorObject =>
  error.keyword === 'discriminator' && error.params['tagValue'] === undefined
    ? { ...error, keyword: 'required', params: { missingProperty: error.params['tag'] as unknown } }
    : error;

/** Returns the field that was probably meant, so that it is not also reported as missing. */
function reportUnknown(error: ErrorObject, checked: Checked): string {
  const { owner, whole, alsoTakes = [], problems } = checked;
  const path = stepsOf(error);
  const key = String(error.params['additionalProperty']);
  const knownFields = [
    ...namesOf(error.parentSchema as SpecSchema),
    ...(path.length === 0 ? alsoTakes : []),
  ];
  const meant = problems.nearest(key, knownFields);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  const place = locate(whole, [...path, key]).key;
  problems.add(
    place,
    'unknown-field',
    `unknown field ${quote(key)} in ${within(path, owner)}${hint}`,
  );
  return fieldAt(error, meant ?? '');
}

function reportMissing(error: ErrorObject, meant: ReadonlySet<string>, checked: Checked): void {
  const { owner, whole, mayLack, problems } = checked;
  const path = stepsOf(error);
  const field = String(error.params['missingProperty']);
  const mayBeMissing = mayLack === 'throughout' || (mayLack === 'itself' && path.length === 0);
  if (mayBeMissing || meant.has(fieldAt(error, field))) return;
  const message = `missing field ${quote(field)} in ${within(path, owner)}`;
  problems.add(locate(whole, path).key, 'missing-field', message, field);
}

function reportWrong(error: ErrorObject, { owner, whole, problems }: Checked): void {
  const path = [...stepsOf(error), ...repeatedItem(error), ...tagOf(error)];
  const { node, depth } = locate(whole, path);
  const text = node.type === 'scalar' && typeof node.value === 'string' ? node.value : '';
  const words = error.keyword === 'enum' ? textsOf(error.schema) : tagsOf(error);
  const hint = problems.hint(text, words);
  const message = `${within(path.slice(0, depth), owner)} ${errorMessage(error, node)}${hint}`;
  problems.add(node.at, 'wrong-value', message);
}

/** Reports a key that is not allowed, with the first error that the validator has for it. */
function reportName(error: ErrorObject, key: string, { owner, whole, problems }: Checked): void {
  const path = stepsOf(error);
  const { key: at } = locate(whole, [...path, key]);
  const name = { type: 'scalar', at, value: key } as const;
  problems.add(at, 'wrong-name', `a key in ${within(path, owner)} ${errorMessage(error, name)}`);
}

/** For an error of a discriminator, the path continues with that property. */
const tagOf = ({ keyword, params }: ErrorObject): readonly string[] =>
  keyword === 'discriminator' ? [String(params['tag'])] : [];

/** Of two equal items, the later one is wrong. */
const repeatedItem = ({ keyword, params }: ErrorObject): readonly string[] =>
  keyword === 'uniqueItems' ? [String(Math.max(Number(params['i']), Number(params['j'])))] : [];

const textsOf = (values: unknown): readonly string[] =>
  [values].flat().filter((value) => typeof value === 'string');

const fieldAt = ({ instancePath }: ErrorObject, field: string): string =>
  `${instancePath}\0${field}`;

/** A path and its owner, for messages: `s3Config.bucket of storageProviders/a`. */
function within(path: readonly string[], owner: string): string {
  const field = path
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${escaped(step)}`))
    .join('');
  return field === '' ? owner : `${field.replace(/^\./, '')} of ${owner}`;
}

const stepsOf = ({ instancePath }: ErrorObject): readonly string[] =>
  instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/**
 * Removes errors that only follow from others. If no alternative of a union fits, the validator reports the errors of
 * all: keep those of the alternative with the right type, or else only the summary.
 */
function withoutConsequences(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = errors
    .filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')
    .map((error) => ({ error, chosen: chosenBranch(error, errors) }));
  return errors.filter((error) =>
    unions.every((union) =>
      union.error === error
        ? union.chosen === undefined
        : !isWithin(error, union.error, union.error.schemaPath) ||
          (union.chosen !== undefined && isWithin(error, union.error, union.chosen)),
    ),
  );
}

/** The schema path of the only alternative with the value's type; undefined if there is none or more than one. */
function chosenBranch(union: ErrorObject, errors: readonly ErrorObject[]): string | undefined {
  const branches = new Map<string, boolean>();
  for (const error of errors.filter((candidate) => isWithin(candidate, union, union.schemaPath))) {
    const [index] = error.schemaPath.slice(union.schemaPath.length + 1).split('/', 1);
    const branch = `${union.schemaPath}/${index}`;
    const fits = !hasOtherType(error, union);
    branches.set(branch, (branches.get(branch) ?? true) && fits);
  }
  const fitting = [...branches].filter(([, fits]) => fits);
  return fitting.length === 1 ? fitting[0]?.[0] : undefined;
}

const hasOtherType = ({ keyword, instancePath }: ErrorObject, union: ErrorObject): boolean =>
  instancePath === union.instancePath && ['type', 'enum', 'const'].includes(keyword);

const isWithin = (error: ErrorObject, union: ErrorObject, schemaPath: string): boolean =>
  error.schemaPath.startsWith(`${schemaPath}/`) &&
  `${error.instancePath}/`.startsWith(`${union.instancePath}/`);
