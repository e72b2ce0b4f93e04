import { resolve } from 'node:path';
import type { Problem, Source } from '../../model/resource.ts';
import type { Settings } from '../../model/settings.ts';
import { checkOf } from '../validate/validator.ts';
import { noDeclarations } from '../declare/declarations.ts';
import { settingsFile } from '../declare/declare.ts';
import { applyOverrides, type Texts } from './environment.ts';
import { pathProblem, type FileLocation, type Refusal } from '../files/containment.ts';
import { reportSchemaErrors, type MayLack } from '../validate/schemaErrors.ts';
import { withDefaults } from '../declare/overlay.ts';
import { sinkNames } from '../../model/sinks.ts';
import { collectProblems, joinWithOr, quote, type Problems } from '../problems/problems.ts';
import type { Scope } from '../resolve/scope.ts';
import { settingsSchema, type FilledSettings } from './settingsSchema.ts';
import { isNothing, locate, mapping, textOf } from '../yaml/tree.ts';
import type { Entry, Located, Mapping, Node } from '../yaml/tree.ts';
import { typedSettings } from './typedSettings.ts';
import { valuesOf } from '../resolve/resolveValues.ts';
import { valueText } from '../yaml/valueText.ts';

/** `settings:` of `holdfast.yaml` as written, and what its validation needs. */
export interface FileSettings {
  readonly entry: Entry | undefined;
  /** Looks up the files that `holdfast.yaml` names. */
  readonly included: Scope['included'];
  /** The kinds that `prune` and `notify` may name. */
  readonly kinds: readonly string[];
}

/** A setting that this program cannot honour: any value, or only texts with the prefix. */
export interface Unsupported {
  readonly path: readonly string[];
  readonly prefix?: string;
}

export type ResolvedSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Resolves the effective settings: flags (by path: `limits.updates`) over environment variables
 * (`HOLDFAST_LIMITS_UPDATES`) over `holdfast.yaml` over defaults. A problem with a variable or a flag has its name in
 * place of the file's. A wrong value in the file is a problem even if it is overridden.
 */
export function resolveSettings(
  written: FileSettings | undefined,
  env: Texts,
  flags: Texts,
  unsupported: readonly Unsupported[] = [],
): ResolvedSettings {
  const problems = collectProblems();
  const at = written?.entry?.at ?? { file: settingsFile, line: 1, column: 1 };
  const fileSettings = mapOf(written?.entry, at, problems);
  const overlay = applyOverrides(fileSettings, settingsSchema, env, flags, problems);
  const check = (node: Mapping, mayLack: MayLack): unknown =>
    validated({ node: withDefaults(node, settingsSchema), key: at }, mayLack, {
      written,
      unsupported,
      problems,
    });
  check(fileSettings, 'throughout');
  const values = check(overlay, 'nowhere');
  const problemList = problems.list();
  return problemList.length > 0
    ? { ok: false, problems: problemList }
    : { ok: true, settings: typedSettings(values as FilledSettings, isRateSet(overlay, at)) };
}

/** Whether the file, a variable, or a flag sets the rate, rather than the default. */
const isRateSet = (written: Mapping, key: Source): boolean =>
  locate({ node: written, key }, ['throttle', 'requestsPerSecond']).depth === 2;

/** The context of validating settings. */
interface Checking {
  readonly written: FileSettings | undefined;
  readonly unsupported: readonly Unsupported[];
  readonly problems: Problems;
}

/** The values of settings. Everything wrong with them is added to the problems. */
function validated(
  root: Located & { readonly node: Mapping },
  mayLack: MayLack,
  { written, unsupported, problems }: Checking,
): unknown {
  const values = valuesIn(root.node, root.key, written?.included, problems);
  reportSchemaErrors(checkOf(settingsSchema)(values), {
    owner: 'settings',
    whole: root,
    mayLack,
    problems,
  });
  if (written) checkKinds(root, written.kinds, problems);
  checkNotify(root, problems);
  checkSupported(root, unsupported, problems);
  return values;
}

function checkSupported(
  root: Located,
  unsupported: readonly Unsupported[],
  problems: Problems,
): void {
  for (const { path, prefix } of unsupported) {
    const { node } = locate(root, path);
    const isSet = !isNothing(node) && (node.type !== 'list' || node.items.length > 0);
    if (!isSet || (prefix !== undefined && !textOf(node)?.startsWith(prefix))) continue;
    const form = prefix === undefined ? '' : ` with ${prefix}…`;
    const message = `this version of Holdfast does not support ${path.join('.')} of settings${form}; leave it out`;
    problems.add(node.at, 'unsupported', message);
  }
}

function mapOf(entry: Entry | undefined, at: Source, problems: Problems): Mapping {
  if (entry?.value.type === 'map') return entry.value;
  if (entry && !isNothing(entry.value))
    problems.add(
      entry.value.at,
      'wrong-value',
      `settings are a map, not ${valueText(entry.value)}`,
    );
  return mapping(at);
}

/**
 * The values, with secrets resolved. A file named in `holdfast.yaml` must be inside the config directory; one named by
 * a variable may be anywhere.
 */
function valuesIn(
  { entries }: Mapping,
  key: Source,
  included: Scope['included'] | undefined,
  problems: Problems,
): unknown {
  const scope: Scope = {
    catalog: { kinds: new Map(), lookups: new Map() },
    declared: noDeclarations(),
    problems,
    namesOf: () => [],
    included: (path, at, read) =>
      included && at.file === settingsFile ? included(path, at, read) : outsidePlace(path),
    keeps: false,
    ownAllowed: true,
    secrets: [],
  };
  const where = { owner: 'settings', path: '', key, used: () => undefined };
  return valuesOf(entries, settingsSchema, where, scope);
}

/** The path of a file that a variable or a flag names, relative to the working directory. */
function outsidePlace(path: string): FileLocation | Refusal {
  const problem = pathProblem(path);
  return problem === undefined
    ? { ok: true, path: resolve(path) }
    : { ok: false, rule: 'wrong-value', message: `is not a valid path: ${problem}` };
}

/** Reports names of kinds that do not exist, in `prune` and in the `match` of notifications. */
function checkKinds(root: Located, kinds: readonly string[], problems: Problems): void {
  const check = (setting: string, items: readonly Node[]): void => {
    for (const item of items) {
      const kind = textOf(item);
      if (kind === undefined || kinds.includes(kind)) continue;
      const message = `${setting} names ${quote(kind)}, which is not a kind${problems.hint(kind, kinds)}`;
      problems.add(item.at, 'unknown-kind', message);
    }
  };
  check('prune', itemsOf(root, ['prune']));
  for (const [i, node] of itemsOf(root, ['notify']).entries())
    check(`notify[${i}].match.kinds`, itemsOf({ ...root, node }, ['match', 'kinds']));
}

/** Reports notifications that do not have exactly one sink. */
function checkNotify(root: Located, problems: Problems): void {
  for (const [i, item] of itemsOf(root, ['notify']).entries()) {
    if (item.type !== 'map') continue;
    const set = [...item.entries.values()].filter(({ value }) => !isNothing(value));
    const sinks = sinkNames.filter((sink) => set.some(({ key }) => key === sink));
    if (sinks.length === 1) continue;
    const found = sinks.length === 0 ? 'no sink' : `${sinks.length} sinks (${sinks.join(', ')})`;
    const message = `notify[${i}] has ${found}; it takes exactly one: ${joinWithOr(sinkNames)}`;
    problems.add(item.at, 'wrong-value', message);
  }
}

function itemsOf(root: Located, path: readonly string[]): readonly Node[] {
  const { node } = locate(root, path);
  return node.type === 'list' ? node.items : [];
}
