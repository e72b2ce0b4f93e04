import { lstat, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { formatProblem } from '../desired/problems/formats.ts';
import { loadDesired, type Loaded } from '../desired/load.ts';
import type { Catalog } from '../model/kind.ts';
import type { DesiredState } from '../model/resource.ts';
import type { Settings } from '../model/settings.ts';
import { currentUser, isForeign } from '../model/files/trust.ts';
import { UserError, type Context } from './context.ts';
import { defaultConfig } from './defaults.ts';

/** The config of a command: what is declared, and the settings that bind. */
export interface Config {
  readonly state: DesiredState;
  readonly settings: Settings;
}

/**
 * Loads the config directory and the settings that bind; the problems are what the user is told. `directory`: another one that stands in for
 * it.
 */
export async function loadConfig(
  { options, env }: Pick<Context, 'options' | 'env'>,
  catalog: Catalog,
  directory = options.config,
): Promise<Loaded> {
  if (options.config === defaultConfig) await refusePlanted();
  return await loadDesired(directory, catalog, { env, unsupported });
}

/** What this version does not have yet: it is refused wherever a config is loaded, and not passed over. */
const unsupported = [
  { path: ['git'] },
  { path: ['notify'] },
  { path: ['store'], prefix: 'postgres' },
];

/** In a directory where everybody can write, such as /tmp, another user can have put a config, so that user's is not taken unasked. */
async function refusePlanted(): Promise<void> {
  const [{ mode }, config] = await Promise.all([
    stat('.'),
    lstat(defaultConfig).catch(() => undefined),
  ]);
  if ((mode & 0o002) === 0 || !config || !isForeign(config, currentUser())) return;
  throw new UserError(
    `user ${config.uid} has put ${resolve(defaultConfig)} into a directory where every user can write; name it where you mean it: --config ${resolve(defaultConfig)}`,
  );
}

/** The config, or a `UserError` that names every problem. */
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
