import { lstat, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { formatProblem } from '../desired/problems/formats.ts';
import { loadDesired, type Loaded } from '../desired/load.ts';
import type { OperatorFile } from '../desired/files/operatorFile.ts';
import type { Catalog } from '../model/kind.ts';
import type { DesiredState } from '../model/resource.ts';
import type { Settings } from '../model/settings.ts';
import { currentUser, isForeign } from '../model/files/trust.ts';
import { UserError, type Context } from './context.ts';
import { defaultConfig } from './defaults.ts';

/** The config of a command: the desired state and the effective settings. */
export interface Config {
  readonly state: DesiredState;
  readonly settings: Settings;
}

/** The operator's settings file: that of `--settings`, otherwise of `HOLDFAST_SETTINGS`; undefined without both. */
export function operatorFileOf({
  options,
  env,
}: Pick<Context, 'options' | 'env'>): OperatorFile | undefined {
  if (options.settings !== undefined) return { path: resolve(options.settings), by: '--settings' };
  const path = env['HOLDFAST_SETTINGS'];
  return path ? { path: resolve(path), by: 'HOLDFAST_SETTINGS' } : undefined;
}

/**
 * Loads the config directory and the effective settings. `directory`: read this one in place of `--config`. Rejects
 * with a `UserError` if another user may have planted the config; problems in the config are in the result.
 */
export async function loadConfig(
  context: Pick<Context, 'options' | 'env'>,
  catalog: Catalog,
  directory = context.options.config,
): Promise<Loaded> {
  const { options, env } = context;
  if (options.config === defaultConfig) await refusePlanted();
  const operator = operatorFileOf(context);
  return await loadDesired(directory, catalog, { env, operator, unsupported });
}

/** Settings that this version does not support. They are refused wherever a config is loaded, not ignored. */
const unsupported = [{ path: ['git'] }, { path: ['store'], prefix: 'postgres' }];

/**
 * Refuses the default config directory if another user owns it in a directory that everyone can write to, such as /tmp.
 */
async function refusePlanted(): Promise<void> {
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
export async function requireConfig(
  context: Context,
  catalog: Catalog,
  directory?: string,
): Promise<Extract<Loaded, { ok: true }>> {
  const loaded = await loadConfig(context, catalog, directory);
  if (!loaded.ok)
    throw new UserError([
      ...loaded.problems.map(formatProblem),
      `the config ${context.options.config} is not valid`,
    ]);
  return loaded;
}
