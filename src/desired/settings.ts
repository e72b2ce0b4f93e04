import { resolve } from 'node:path';
import type { Problem, Source } from '../model/resource.ts';
import type { Settings } from '../model/settings.ts';
import { checkOf } from './check.ts';
import { noDeclarations } from './declarations.ts';
import { settingsFile } from './declare.ts';
import { overlaid, type Texts } from './environment.ts';
import { pathProblem, type Place, type Refusal } from './inside.ts';
import { tell } from './mistakes.ts';
import { withDefaults } from './overlay.ts';
import { collectProblems, quote, type Problems } from './problems.ts';
import type { Scope } from './scope.ts';
import { settingsSchema, type FilledSettings } from './settingsSchema.ts';
import { isNothing, locate, mapping, sortOf, textOf } from './tree.ts';
import type { Entry, Located, Mapping, Node } from './tree.ts';
import { typedSettings } from './typedSettings.ts';
import { valuesOf } from './values.ts';

/** `settings:` of `holdfast.yaml` as it is written, and what else is needed to check it. */
export interface FileSettings {
  readonly entry: Entry | undefined;
  /** The files that `holdfast.yaml` names. */
  readonly included: Scope['included'];
  /** The kinds that `prune` may name. */
  readonly kinds: readonly string[];
}

export type ResolvedSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * The settings that are in force: flags (by path: `limits.updates`) over environment variables (`HOLDFAST_LIMITS_UPDATES`)
 * over `holdfast.yaml` over defaults. A problem with a variable or a flag has its name in place of the file's.
 */
export function resolveSettings(
  written: FileSettings | undefined,
  env: Texts,
  flags: Texts,
): ResolvedSettings {
  const problems = collectProblems();
  const at = written?.entry?.at ?? { file: settingsFile, line: 1, column: 1 };
  const base = mapOf(written?.entry, at, problems);
  const overlay = overlaid(base, settingsSchema, env, flags, problems);
  const whole = { node: withDefaults(overlay, settingsSchema), key: at };
  const values = valuesIn(whole.node, at, written?.included, problems);
  tell(checkOf(settingsSchema)(values), { owner: 'settings', whole, problems });
  if (written) checkPrune(whole, written.kinds, problems);
  checkNotify(whole, problems);
  const found = problems.list();
  return found.length > 0
    ? { ok: false, problems: found }
    : { ok: true, settings: typedSettings(values as FilledSettings, isRateSet(overlay, at)) };
}

/** Whether file, environment, or flag set the rate, so that it is not the default one. */
const isRateSet = (written: Mapping, key: Source): boolean =>
  locate({ node: written, key }, ['throttle', 'requestsPerSecond']).depth === 2;

function mapOf(entry: Entry | undefined, at: Source, problems: Problems): Mapping {
  if (entry?.value.type === 'map') return entry.value;
  if (entry && !isNothing(entry.value))
    problems.add(entry.value.at, 'wrong-value', `settings are a map, not ${sortOf(entry.value)}`);
  return mapping(at);
}

/** The values, secrets understood. A file that is named in `holdfast.yaml` is inside the config directory, that of a variable anywhere. */
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
  };
  const where = { owner: 'settings', path: '', key, used: () => undefined };
  return valuesOf(entries, settingsSchema, where, scope);
}

/** A file that a variable or a flag names, from where the program runs. */
function outsidePlace(path: string): Place | Refusal {
  const problem = pathProblem(path);
  return problem === undefined
    ? { ok: true, path: resolve(path) }
    : { ok: false, rule: 'wrong-value', message: `this is no path of a file: ${problem}` };
}

function checkPrune(whole: Located, kinds: readonly string[], problems: Problems): void {
  for (const item of itemsOf(whole, 'prune')) {
    const kind = textOf(item);
    if (kind === undefined || kinds.includes(kind)) continue;
    const message = `prune names ${quote(kind)}, which is no kind${problems.hint(kind, kinds)}`;
    problems.add(item.at, 'unknown-kind', message);
  }
}

function checkNotify(whole: Located, problems: Problems): void {
  for (const item of itemsOf(whole, 'notify')) {
    if (item.type !== 'map') continue;
    const set = [...item.entries.values()].filter(({ value }) => !isNothing(value));
    const has = (key: string): boolean => set.some((entry) => entry.key === key);
    if (has('slack') === has('webhook'))
      problems.add(item.at, 'wrong-value', 'notify takes either slack or webhook in each item');
    else if (has('slack') && has('secret'))
      problems.add(item.at, 'wrong-value', 'notify signs what goes to a webhook, not to slack');
  }
}

function itemsOf(whole: Located, setting: string): readonly Node[] {
  const { node } = locate(whole, [setting]);
  return node.type === 'list' ? node.items : [];
}
