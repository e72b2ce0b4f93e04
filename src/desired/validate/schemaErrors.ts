import type { ErrorObject } from 'ajv/dist/2020.js';
import type { SpecSchema } from '../../model/schema.ts';
import { namesOf } from './fieldForms.ts';
import { quote, shown, type Problems } from '../problems/problems.ts';
import { locate, type Located } from '../yaml/tree.ts';
import { tagsOf, wordsFor } from './messages.ts';

/** Where required fields may be missing: in the whole itself, at any depth, or nowhere. */
export type MayLack = 'itself' | 'throughout' | 'nowhere';

/** What was checked, and where its mistakes go. */
export interface Checked {
  /** For messages: `machines/a`. */
  readonly owner: string;
  readonly whole: Located;
  /** Default: nowhere. */
  readonly mayLack?: MayLack;
  readonly problems: Problems;
}

/** More errors in one spec than that are not looked at: they would all be of one sort. */
const maxErrors = 1000;

/** Tells what lies behind the errors of the JSON Schema validator: one problem a mistake, at its place in the YAML. */
export function tell(errors: readonly ErrorObject[], checked: Checked): void {
  const causes = withoutEchoes(errors.slice(0, maxErrors).map(asMissing));
  const unknown = causes.filter(({ keyword }) => keyword === 'additionalProperties');
  const meant = new Set(unknown.map((error) => tellUnknown(error, checked)));
  for (const error of causes)
    if (error.propertyName !== undefined) tellName(error, error.propertyName, checked);
    else if (error.keyword === 'required') tellMissing(error, meant, checked);
    else if (!['additionalProperties', 'propertyNames'].includes(error.keyword))
      tellWrong(error, checked);
}

/** The property which tells alternatives apart is a field like others where it is missing. */
const asMissing = (error: ErrorObject): ErrorObject =>
  error.keyword === 'discriminator' && error.params['tagValue'] === undefined
    ? { ...error, keyword: 'required', params: { missingProperty: error.params['tag'] as unknown } }
    : error;

/** Answers with the field that was probably meant: that it is missing then is no second mistake. */
function tellUnknown(error: ErrorObject, { owner, whole, problems }: Checked): string {
  const path = stepsOf(error);
  const key = String(error.params['additionalProperty']);
  const known = namesOf(error.parentSchema as SpecSchema);
  const meant = problems.nearest(key, known);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  const place = locate(whole, [...path, key]).key;
  problems.add(
    place,
    'unknown-field',
    `unknown field ${quote(key)} in ${within(path, owner)}${hint}`,
  );
  return fieldAt(error, meant ?? '');
}

function tellMissing(error: ErrorObject, meant: ReadonlySet<string>, checked: Checked): void {
  const { owner, whole, mayLack, problems } = checked;
  const path = stepsOf(error);
  const field = String(error.params['missingProperty']);
  const mayBeMissing = mayLack === 'throughout' || (mayLack === 'itself' && path.length === 0);
  if (mayBeMissing || meant.has(fieldAt(error, field))) return;
  const message = `missing field ${quote(field)} in ${within(path, owner)}`;
  problems.add(locate(whole, path).key, 'missing-field', message, field);
}

function tellWrong(error: ErrorObject, { owner, whole, problems }: Checked): void {
  const path = [...stepsOf(error), ...repeatedItem(error), ...tagOf(error)];
  const { node, depth } = locate(whole, path);
  const wrong = node.type === 'scalar' && typeof node.value === 'string' ? node.value : '';
  const words = error.keyword === 'enum' ? textsOf(error.schema) : tagsOf(error);
  const hint = problems.hint(wrong, words);
  const message = `${within(path.slice(0, depth), owner)} ${wordsFor(error, node)}${hint}`;
  problems.add(node.at, 'wrong-value', message);
}

/** A key that may not be one, and what is wrong with it: the first of what the validator tells of it. */
function tellName(error: ErrorObject, key: string, { owner, whole, problems }: Checked): void {
  const path = stepsOf(error);
  const { key: at } = locate(whole, [...path, key]);
  const name = { type: 'scalar', at, value: key } as const;
  problems.add(at, 'wrong-name', `a key in ${within(path, owner)} ${wordsFor(error, name)}`);
}

/** It is the property which tells alternatives apart that is wrong. */
const tagOf = ({ keyword, params }: ErrorObject): readonly string[] =>
  keyword === 'discriminator' ? [String(params['tag'])] : [];

/** Of two items that are the same, the later one is wrong. */
const repeatedItem = ({ keyword, params }: ErrorObject): readonly string[] =>
  keyword === 'uniqueItems' ? [String(Math.max(Number(params['i']), Number(params['j'])))] : [];

const textsOf = (values: unknown): readonly string[] =>
  [values].flat().filter((value) => typeof value === 'string');

const fieldAt = ({ instancePath }: ErrorObject, field: string): string =>
  `${instancePath}\0${field}`;

/** `s3Config.bucket of storageProviders/a`. */
function within(path: readonly string[], owner: string): string {
  const field = path.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${shown(step)}`)).join('');
  return field === '' ? owner : `${field.replace(/^\./, '')} of ${owner}`;
}

const stepsOf = ({ instancePath }: ErrorObject): readonly string[] =>
  instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/**
 * The errors without those that only follow from others. Of alternatives, none of which fits, the validator tells everything:
 * here the one that is of the right type counts, or else none but the summary.
 */
function withoutEchoes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
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

/** The schema path of the only alternative whose type the value has. */
function chosenBranch(union: ErrorObject, errors: readonly ErrorObject[]): string | undefined {
  const branches = new Map<string, boolean>();
  for (const error of errors.filter((one) => isWithin(one, union, union.schemaPath))) {
    const [index] = error.schemaPath.slice(union.schemaPath.length + 1).split('/', 1);
    const branch = `${union.schemaPath}/${index}`;
    const fits = !isOtherSort(error, union);
    branches.set(branch, (branches.get(branch) ?? true) && fits);
  }
  const fitting = [...branches].filter(([, fits]) => fits);
  return fitting.length === 1 ? fitting[0]?.[0] : undefined;
}

const isOtherSort = ({ keyword, instancePath }: ErrorObject, union: ErrorObject): boolean =>
  instancePath === union.instancePath && ['type', 'enum', 'const'].includes(keyword);

const isWithin = (error: ErrorObject, union: ErrorObject, schemaPath: string): boolean =>
  error.schemaPath.startsWith(`${schemaPath}/`) &&
  `${error.instancePath}/`.startsWith(`${union.instancePath}/`);
