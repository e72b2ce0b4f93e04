import type { FieldSchema } from '../../model/kind/schema.ts';
import {
  fieldsWithin,
  itemStep,
  valueStep,
  type DescribedField,
} from '../../model/kind/subschemas.ts';
import type { Source } from '../../model/resource.ts';
import { parseDocuments } from '../yaml/document.ts';
import { alternativesOf, formOf, isOfType, mayBeNull } from '../validate/fieldForms.ts';
import { nodeFrom, withValue } from '../declare/overlay.ts';
import type { Problems } from '../problems/problems.ts';
import type { Mapping, Node } from '../yaml/tree.ts';

/** Environment variables by name, or flags by the path of their setting (`limits.updates`). */
export type Texts = Readonly<Record<string, string | undefined>>;

/**
 * Lists the settings that a variable or a flag can set, each object before its members. Lists and maps with names of
 * the user are set as a whole.
 */
export const settingsIn = (schema: FieldSchema): readonly DescribedField[] =>
  fieldsWithin(schema).filter(({ path }) => !path.includes(itemStep) && !path.includes(valueStep));

/**
 * The environment variable of a setting: `HOLDFAST_` and the path in capitals, such as
 * `HOLDFAST_THROTTLE_REQUESTS_PER_SECOND`.
 */
export const variableFor = (path: readonly string[]): string =>
  ['HOLDFAST', ...path.map((step) => step.replace(/[A-Z]/g, '_$&'))].join('_').toUpperCase();

/** The address of a daemon, for commands that talk to one. It is no setting, though `server` is. */
const daemonAddress = 'HOLDFAST_SERVER';

/** Overrides settings from environment variables, and those from flags. An empty variable counts as unset. */
export function applyOverrides(
  settings: Mapping,
  schema: FieldSchema,
  env: Texts,
  flags: Texts,
  problems: Problems,
): Mapping {
  let node = settings;
  const set = (setting: DescribedField, name: string, text: string | undefined, by: By): void => {
    if (!text) return;
    const value = nodeOf(text, setting.schema, { file: name, line: 1, column: 1 }, by, problems);
    if (value) node = withValue(node, setting.path, value);
  };
  const settingList = settingsIn(schema);
  for (const setting of settingList) {
    const variable = variableFor(setting.path);
    if (variable !== daemonAddress) set(setting, variable, env[variable], 'env');
  }
  for (const setting of settingList)
    set(setting, flagFor(setting.path), flags[setting.path.join('.')], 'flag');
  return node;
}

type By = 'env' | 'flag';

const flagFor = (path: readonly string[]): string =>
  `--${path.map((step) => step.replace(/[A-Z]/g, '-$&').toLowerCase()).join('-')}`;

/**
 * Converts a text to a value: as it is for text settings, parsed as YAML for others. A secret in a variable becomes a
 * reference to that variable.
 */
function nodeOf(
  text: string,
  schema: FieldSchema,
  at: Source,
  by: By,
  problems: Problems,
): Node | undefined {
  if (text === 'null' && mayBeNull(schema)) return nodeFrom(null, at);
  const field = formOf(schema);
  if (field.form === 'text' && !text.startsWith('{'))
    return by === 'env' ? nodeFrom({ env: at.file }, at) : nodeFrom(text, at);
  if (field.form !== 'text' && isText(schema)) return nodeFrom(text, at);
  const documents = parseDocuments(at.file, text, problems);
  if (documents.length > 1)
    problems.add(at, 'wrong-value', `one value is wanted here, not ${documents.length} documents`);
  const [document] = documents;
  return document?.broken === undefined ? document?.root : undefined;
}

const isText = (schema: FieldSchema): boolean => {
  const types = alternativesOf(schema).filter((branch) => !isOfType(branch, 'null'));
  return types.every((branch) => isOfType(branch, 'string') || branch.enum !== undefined);
};
