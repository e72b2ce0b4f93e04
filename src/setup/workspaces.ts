import { join, resolve } from 'node:path';
import { settingsFile } from '../desired/declare/declare.ts';
import { findWorkspaces, type WorkspacePlace } from '../desired/files/findWorkspaces.ts';
import type { OperatorFile } from '../desired/files/operatorFile.ts';
import { maxYamlBytes } from '../desired/files/readConfig.ts';
import { readText } from '../desired/files/readText.ts';
import { loadSettings } from '../desired/loadSettings.ts';
import { loadCatalog } from '../kinds/lib/catalog.ts';
import type { Catalog } from '../model/kind/kind.ts';
import { countOf } from '../model/text/countOf.ts';
import { defaultWorkspace, everyWorkspace } from '../model/workspaceName.ts';
import type { Problem } from '../model/resource.ts';
import type { Settings } from '../model/settings.ts';
import { UserError, type Context } from './context.ts';
import type { RootRepository } from './gitConfig.ts';
import {
  gitInDirectory,
  invalid,
  operatorFileOf,
  overridesOf,
  refusePlanted,
} from './loadConfig.ts';

/**
 * The workspaces of a config. The directory of each is a config directory of its own, and the root settings are its
 * operator's settings file. So a command works on a workspace as on a config without workspaces, with another context.
 */
export interface Workspaces {
  /** The root settings. */
  readonly settings: Settings;
  readonly places: readonly WorkspacePlace[];
  /** What is wrong with the directories; the other workspaces can be used. */
  readonly problems: readonly Problem[];
  /** The repository that they are in; undefined: a directory. */
  readonly repository: RootRepository | undefined;
}

/**
 * Finds the workspaces of the config; undefined: its settings name none, so that the config itself is the only one.
 * `isCheckout`: the config directory is a checkout of the repository that the settings name; default: it is not read if
 * they name one. Rejects with a `UserError` if the root settings are not valid.
 */
export async function findRoot(
  context: Context,
  catalog: Catalog,
  { isCheckout } = { isCheckout: false },
): Promise<Workspaces | undefined> {
  if (!(await mayHaveWorkspaces(context))) return undefined;
  const operator = rootFileOf(context);
  if (operator?.by === 'root settings') await refusePlanted(context);
  const overrides = { ...overridesOf(context, 'root'), operator };
  const loaded = await loadSettings(catalog, overrides);
  if (!loaded.ok) {
    // Without workspaces, the settings are resolved with their directory, which finds the same problems and more.
    if (!operatorFileOf(context) && !context.env['HOLDFAST_WORKSPACES']) return undefined;
    throw invalid(loaded.problems, context);
  }
  const { settings } = loaded;
  if (settings.workspaces === null) return undefined;
  if (settings.git && operator?.by === 'root settings') throw new UserError(gitInDirectory.message);
  if (!settings.git || isCheckout) {
    await refusePlanted(context);
    const found = await findWorkspaces(context.options.config, settings.workspaces);
    return { settings, ...found, repository: undefined };
  }
  const config = { settings, git: settings.git };
  const { openRootRepository } = await import('./rootRepository.ts');
  const repository = context.repository ?? openRootRepository(context, config);
  repository.use(config);
  return { settings, ...(await repository.find(settings.workspaces)), repository };
}

/**
 * The file of the root settings. Undefined: a variable names the repository of the config, so that only variables are
 * settings.
 */
function rootFileOf(context: Context): OperatorFile | undefined {
  const named = operatorFileOf(context);
  if (named || context.env['HOLDFAST_GIT_URL']) return named;
  return { path: resolve(join(context.options.config, settingsFile)), by: 'root settings' };
}

/** Most configs have no workspaces. Whether a file may set the setting shows without parsing it. */
async function mayHaveWorkspaces(context: Context): Promise<boolean> {
  if (context.env['HOLDFAST_WORKSPACES']) return true;
  const file = rootFileOf(context);
  if (!file) return false;
  const content = await readText(file.path, { maxBytes: maxYamlBytes });
  return content.ok && content.text.includes('workspaces');
}

/** The context of a workspace. `repository`: the one that it is in; undefined: a directory. */
export function contextOf(
  context: Context,
  { name, directory }: WorkspacePlace,
  repository: RootRepository | undefined,
): Context {
  const file = rootFileOf(context);
  const mayNameKey = file?.by === 'root settings';
  const config = repository ? join(context.options.config, directory) : directory;
  const { settings } = context.options;
  return {
    ...context,
    repository,
    workspace: { name, mayNameKey },
    options: { ...context.options, config, settings: mayNameKey ? file.path : settings },
  };
}

/**
 * The contexts of the workspaces that a command is for, by `--workspace`. Without workspaces, that is the context
 * itself. `where`: as for `findRoot`. Rejects with a `UserError` if there is no such workspace, or if there are several
 * and none is named.
 */
export async function chosenContexts(
  context: Context,
  wanted: string | undefined,
  where?: { readonly isCheckout: boolean },
): Promise<readonly Context[]> {
  const root = await findRoot(context, await loadCatalog(), where);
  if (!root) {
    if (wanted === undefined || [everyWorkspace, defaultWorkspace].includes(wanted))
      return [context];
    throw new UserError(
      `--workspace ${wanted}: the config ${context.options.config} has no workspaces (settings.workspaces)`,
    );
  }
  const { places, problems, repository } = root;
  const names = places.map(({ name }) => name);
  if (problems.length > 0 && (wanted === everyWorkspace || places.length === 0))
    throw invalid(problems, context);
  if (wanted === everyWorkspace)
    return places.map((place) => contextOf(context, place, repository));
  const chosen =
    wanted === undefined && places.length === 1
      ? places[0]
      : places.find(({ name }) => name === wanted);
  if (chosen) return [contextOf(context, chosen, repository)];
  throw new UserError(
    wanted === undefined
      ? `the config has ${countOf(names.length, 'workspace')}; name one with --workspace: ${listed(names)}`
      : `--workspace ${wanted}: the config has no such workspace; it has ${listed(names)}`,
  );
}

/** The greatest number of names in a message. */
const maxNamed = 20;

const listed = (names: readonly string[]): string =>
  names.length <= maxNamed
    ? names.join(', ')
    : `${names.slice(0, maxNamed).join(', ')}, and ${names.length - maxNamed} more`;
