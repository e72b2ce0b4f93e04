import { lstat, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { formatProblem } from '../desired/problems/formats.ts';
import { unknownInputs } from '../desired/files/inputs.ts';
import { loadDesired, type Loaded, type Overrides } from '../desired/load.ts';
import { loadSettings } from '../desired/loadSettings.ts';
import type { OperatorFile } from '../desired/files/operatorFile.ts';
import type { Catalog } from '../model/kind/kind.ts';
import type { DesiredState, Problem } from '../model/resource.ts';
import type { GitSettings, Settings } from '../model/settings.ts';
import { GitError } from '../sources/git/gitError.ts';
import { currentUser, isForeign } from '../model/files/trust.ts';
import { visible } from '../model/text/visible.ts';
import { UserError, type Context } from './context.ts';
import { defaultConfig } from './defaults.ts';

/** The config of a command: the desired state and the effective settings. */
export interface Config {
  readonly state: DesiredState;
  readonly settings: Settings;
}

/**
 * The operator's settings file: that of `--settings`, otherwise of `HOLDFAST_SETTINGS`, otherwise of several workspaces
 * that at the top of the config. Undefined: there is none.
 */
export function operatorFileOf({
  options,
  env,
  workspace,
}: Pick<Context, 'options' | 'env' | 'workspace'>): OperatorFile | undefined {
  const by = workspace?.mayNameKey ? 'root settings' : '--settings';
  if (options.settings !== undefined) return { path: resolve(options.settings), by };
  const path = env['HOLDFAST_SETTINGS'];
  return path ? { path: resolve(path), by: 'HOLDFAST_SETTINGS' } : undefined;
}

/**
 * Loads the config and the effective settings: from the Git repository that the operator's settings name, otherwise
 * from the config directory. `directory`: read this one in any case, such as a checkout of the repository. Rejects with
 * a `UserError` if another user may have planted the config, or the repository cannot be read; problems in the config
 * are in the result.
 */
export async function loadConfig(
  context: Pick<Context, 'options' | 'env' | 'workspace' | 'repository'>,
  catalog: Catalog,
  directory?: string,
): Promise<Loaded> {
  const source = await sourceOf(context, catalog);
  if (source.from === 'nowhere') return source.loaded;
  if (directory !== undefined || source.from === 'directory')
    return loadDirectory(context, catalog, directory ?? context.options.config, source.from);
  const { openGitSource } = await import('./gitSource.ts');
  try {
    const git = openGitSource(context, source);
    return await git.load(catalog, overridesOf(context), await git.latest());
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new UserError(`the config cannot be read from git: ${error.message}`, { cause: error });
  }
}

/** Where the config comes from. `nowhere`: the operator's settings name a repository, and have problems. */
export type ConfigSource =
  | { readonly from: 'directory' }
  | { readonly from: 'git'; readonly settings: Settings; readonly git: GitSettings }
  | { readonly from: 'nowhere'; readonly loaded: Extract<Loaded, { ok: false }> };

/** Reads the operator's settings, and says where the config comes from. Never rejects because of their content. */
export async function sourceOf(
  context: Pick<Context, 'options' | 'env' | 'workspace'>,
  catalog: Catalog,
): Promise<ConfigSource> {
  const overrides = overridesOf(context);
  // Most installations have neither, and the settings are then resolved with the directory, once.
  const isVariableSet = Object.keys(context.env).some((name) => name.startsWith('HOLDFAST_GIT'));
  if (!overrides.operator && !isVariableSet) return { from: 'directory' };
  const own = await loadSettings(catalog, overrides);
  if (own.ok) {
    const { settings } = own;
    return settings.git ? { from: 'git', settings, git: settings.git } : { from: 'directory' };
  }
  const { problems } = own;
  return own.hasGit
    ? { from: 'nowhere', loaded: { ok: false, problems, warnings: [], inputs: unknownInputs } }
    : { from: 'directory' };
}

/** What is loaded beside the files of a config. */
export const overridesOf = (
  context: Pick<Context, 'options' | 'env' | 'workspace'>,
  part: 'root' | 'workspace' = 'workspace',
): Overrides => ({
  env: context.env,
  operator: operatorFileOf(context),
  workspace: context.workspace,
  unsupported: part === 'root' || context.workspace !== undefined ? [] : [workspacesHere],
});

/** Whoever reads the root of several workspaces as one config would see nothing of what it declares. */
const workspacesHere = {
  path: ['workspaces'],
  message: 'workspaces of settings is for the config directory that contains them',
};

/** Git in the settings of a config directory. */
export const gitInDirectory = {
  path: ['git'],
  message:
    'git of settings is set in the config directory; whoever may push could lift every limit there, so set it in the operator’s settings file (--settings FILE), or with HOLDFAST_GIT_URL',
};

/** Loads a config directory. `source`: where the config comes from; for `git`, the directory is a checkout of it. */
export async function loadDirectory(
  context: Pick<Context, 'options' | 'env' | 'workspace'>,
  catalog: Catalog,
  directory: string,
  source: 'directory' | 'git' = 'directory',
): Promise<Loaded> {
  await refusePlanted(context);
  const overrides = overridesOf(context);
  return source === 'git'
    ? await loadDesired(directory, catalog, { ...overrides, source })
    : await loadDesired(directory, catalog, {
        ...overrides,
        unsupported: [...(overrides.unsupported ?? []), gitInDirectory],
      });
}

/**
 * Refuses the default config directory if another user owns it in a directory that everyone can write to, such as /tmp.
 */
export async function refusePlanted({ options }: Pick<Context, 'options'>): Promise<void> {
  if (options.config !== defaultConfig) return;
  const [{ mode }, config] = await Promise.all([
    stat('.'),
    lstat(defaultConfig).catch(() => undefined),
  ]);
  if ((mode & 0o002) === 0 || !config || !isForeign(config, currentUser())) return;
  throw new UserError(
    `user ${config.uid} put ${resolve(defaultConfig)} into a directory that every user can write to; if you trust it, name it: --config ${resolve(defaultConfig)}`,
  );
}

/** Loads the config. Rejects with a `UserError` that lists every problem. */
export const requireConfig = async (
  context: Context,
  catalog: Catalog,
  directory?: string,
): Promise<Extract<Loaded, { ok: true }>> =>
  requireValid(await loadConfig(context, catalog, directory), context);

/** Returns a loaded config. Throws a `UserError` that lists every problem. */
export function requireValid(
  loaded: Loaded,
  context: Pick<Context, 'options' | 'env'>,
): Extract<Loaded, { ok: true }> {
  if (loaded.ok) return loaded;
  throw invalid(loaded.problems, context);
}

/** The error of a config with problems: all of them, and what is not valid. */
export const invalid = (
  problems: readonly Problem[],
  context: Pick<Context, 'options' | 'env'>,
): UserError =>
  new UserError([
    ...problems.map(formatProblem),
    invalidText(problems, context.options.config, operatorFileOf(context)),
  ]);

/** What is not valid: the operator's settings file, the environment, or the config directory. Pure. */
export function invalidText(
  problems: readonly Pick<Problem, 'file'>[],
  config: string,
  operator: OperatorFile | undefined,
): string {
  const areAll = (test: (file: string) => boolean): boolean =>
    problems.every(({ file }) => test(file));
  if (operator && areAll((file) => file === operator.by))
    return `the settings file ${operator.path} cannot be used`;
  if (operator && areAll((file) => file === visible(operator.path)))
    return `the settings file ${operator.path} is not valid`;
  if (areAll((file) => /^HOLDFAST_[A-Z_]+$/.test(file))) return 'the environment is not valid';
  return `the config ${config} is not valid`;
}
