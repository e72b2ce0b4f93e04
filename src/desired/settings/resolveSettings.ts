import type { Problem, Source } from '../../model/resource.ts';
import type { Settings } from '../../model/settings.ts';
import { checkOf } from '../validate/validator.ts';
import { settingsFile } from '../declare/declare.ts';
import { applyOverrides, type Texts } from './environment.ts';
import { reportSchemaErrors, type MayLack } from '../validate/schemaErrors.ts';
import { withDefaults } from '../declare/overlay.ts';
import { byPosition, collectProblems, type Problems } from '../problems/problems.ts';
import type { EnvAllowed } from '../resolve/variables.ts';
import { checkRepoMaySet, listedIn, listedPart, overlaid } from './repoSettings.ts';
import { settingsSchema, type FilledSettings } from './settingsSchema.ts';
import {
  isRepoBound,
  valuesIn,
  type ConfigSource,
  type FileSettings,
  type Resolving,
} from './settingValues.ts';
import { isNothing, itemsOf, locate, mapping, textOf } from '../yaml/tree.ts';
import type { Entry, Located, Mapping } from '../yaml/tree.ts';
import { checkMetrics } from './checkMetrics.ts';
import { checkBudgets } from './checkBudgets.ts';
import { checkKinds } from './checkKinds.ts';
import { checkNotify } from './checkNotify.ts';
import { checkGit } from './checkGit.ts';
import { checkProviders } from './checkProviders.ts';
import { checkTokens } from './checkTokens.ts';
import { typedSettings } from './typedSettings.ts';
import { valueText } from '../yaml/valueText.ts';

/** A setting that cannot be honoured where it is. */
export interface Unsupported {
  readonly path: readonly string[];
  /** Why, and what to do. */
  readonly message: string;
}

export type ResolvedSettings =
  | {
      readonly ok: true;
      readonly settings: Settings;
      /** The variables that the desired state may read. */
      readonly envAllowed: EnvAllowed;
    }
  | {
      readonly ok: false;
      readonly problems: readonly Problem[];
      /** Whether `git` is set, however wrongly. */
      readonly hasGit: boolean;
    };

/**
 * Resolves the effective settings: flags (by path: `limits.updates`) over environment variables
 * (`HOLDFAST_LIMITS_UPDATES`) over `holdfast.yaml` over the operator's file over defaults. With an operator's file or a
 * Git source, `holdfast.yaml` may set only what `repoMaySet` lists. A problem with a variable or a flag has its name in
 * place of the file's. A wrong value in a file is a problem even if it is overridden.
 */
export function resolveSettings(
  written: FileSettings | undefined,
  env: Texts,
  flags: Texts,
  unsupported: readonly Unsupported[] = [],
): ResolvedSettings {
  const problems = collectProblems();
  const overridden = (node: Mapping): Mapping =>
    applyOverrides(node, settingsSchema, env, flags, problems);
  const bound = isRepoBound(written) ? written : undefined;
  const entry = bound ? bound.operator?.entry : written?.entry;
  const at = entry?.at ?? startOf(bound);
  const ownSettings = mapOf(entry, at, problems);
  const operator = { node: overridden(ownSettings), key: at };
  const fileSettings = bound ? withRepo(ownSettings, operator, bound, problems) : ownSettings;
  const overlay = overridden(fileSettings);
  const envAllowed = envAllowedBy(operator, written?.source);
  const check = (node: Mapping, mayLack: MayLack): unknown =>
    validated({ node: withDefaults(node, settingsSchema), key: at }, mayLack, {
      written,
      envAllowed,
      unsupported,
      problems,
    });
  check(ownSettings, 'throughout');
  check(fileSettings, 'throughout');
  const values = check(overlay, 'nowhere');
  if (!bound) checkIsBound({ node: overlay, key: at }, problems);
  const problemList = problems.list();
  return problemList.length > 0
    ? {
        ok: false,
        problems: problemList,
        hasGit: locate({ node: overlay, key: at }, ['git']).depth > 0,
      }
    : {
        ok: true,
        settings: typedSettings(values as FilledSettings, {
          isRateSet: isRateSet(overlay, at),
          workspace: written?.workspace?.name,
        }),
        envAllowed,
      };
}

/** The position of defaults: never in a file that others than the operator may write. */
const startOf = (bound: FileSettings | undefined): Source => ({
  file: bound ? (bound.operator?.file ?? '--settings') : settingsFile,
  line: 1,
  column: 1,
});

/**
 * The settings of the operator's file, under those that `holdfast.yaml` may set. What it may set is not known if the
 * operator's file has a problem.
 */
function withRepo(
  ownSettings: Mapping,
  operator: Located,
  { entry, operator: file, workspace }: FileSettings,
  problems: Problems,
): Mapping {
  const at = entry?.at ?? { file: settingsFile, line: 1, column: 1 };
  const place = file?.file ?? 'the file of --settings';
  if (file && !file.entry) return ownSettings;
  const listed = [
    ...listedIn(itemsOf(operator, ['repoMaySet'])),
    ...(workspace?.mayNameKey ? ['apiKey'] : []),
  ];
  const repo = listedPart(mapOf(entry, at, problems), listed, place, problems);
  return overlaid(ownSettings, repo, settingsSchema);
}

/** Without a second party, `repoMaySet` would bind nobody. */
function checkIsBound(effective: Located, problems: Problems): void {
  const { node, key, depth } = locate(effective, ['repoMaySet']);
  if (depth === 0 || isNothing(node)) return;
  const message =
    'repoMaySet of settings applies to the operator’s settings file only; give that with --settings FILE, and set it there';
  problems.add(key, 'misplaced', message);
}

/** Whether a file, a variable, or a flag sets the rate, rather than the default. */
const isRateSet = (written: Mapping, key: Source): boolean =>
  locate({ node: written, key }, ['throttle', 'requestsPerSecond']).depth === 2;

/** What `secrets.env` allows. Its default binds only with a Git source. */
function envAllowedBy(
  operator: Located & { readonly node: Mapping },
  source: ConfigSource | undefined,
): EnvAllowed {
  const path = ['secrets', 'env'];
  const isSet = locate(operator, path).depth === path.length;
  if (!isSet && source !== 'git') return 'any';
  const filled = { ...operator, node: withDefaults(operator.node, settingsSchema) };
  return itemsOf(filled, path).flatMap((item) => textOf(item) ?? []);
}

/** The context of validating settings. */
interface Checking extends Resolving {
  readonly unsupported: readonly Unsupported[];
}

/** The values of settings. Everything wrong with them is added to the problems. */
function validated(
  root: Located & { readonly node: Mapping },
  mayLack: MayLack,
  checking: Checking,
): unknown {
  const { written, unsupported, problems } = checking;
  const values = valuesIn(root.node, root.key, checking);
  reportSchemaErrors(checkOf(settingsSchema)(values), {
    owner: 'settings',
    whole: root,
    mayLack,
    problems,
  });
  if (written) checkKinds(root, written, problems);
  checkRepoMaySet(itemsOf(root, ['repoMaySet']), problems);
  checkNotify(itemsOf(root, ['notify']), problems);
  checkBudgets(itemsOf(root, ['budgets']), problems);
  checkMetrics(itemsOf(root, ['metrics', 'labels']), problems);
  checkTokens(itemsOf(root, ['server', 'tokens']), problems);
  checkProviders(root, problems);
  checkGit(root, mayLack, problems);
  checkSupported(root, unsupported, problems);
  return values;
}

function checkSupported(
  root: Located,
  unsupported: readonly Unsupported[],
  problems: Problems,
): void {
  for (const { path, message } of unsupported) {
    const { node } = locate(root, path);
    const isSet = !isNothing(node) && (node.type !== 'list' || node.items.length > 0);
    // What is wrong with the value itself says more.
    if (isSet && !problems.list().some((problem) => byPosition(problem, node.at) === 0))
      problems.add(node.at, 'misplaced', message);
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
