import { formatProblem } from '../desired/formats.ts';
import { loadDesired, type Loaded } from '../desired/load.ts';
import type { Catalog } from '../model/kind.ts';
import type { DesiredState } from '../model/resource.ts';
import type { Settings } from '../model/settings.ts';
import { UserError, type Context } from './context.ts';

/** The config of a command: what is declared, and the settings that bind. */
export interface Config {
  readonly state: DesiredState;
  readonly settings: Settings;
}

/**
 * Loads the config directory and the settings that bind; the problems are what the user is told. `directory`: another one that stands in for
 * it.
 */
export const loadConfig = (
  { options, env }: Pick<Context, 'options' | 'env'>,
  catalog: Catalog,
  directory = options.config,
): Promise<Loaded> => loadDesired(directory, catalog, { env });

/** The config, or a `UserError` that names every problem. */
export async function requireConfig(
  context: Context,
  catalog: Catalog,
  directory?: string,
): Promise<Config> {
  const loaded = await loadConfig(context, catalog, directory);
  if (!loaded.ok)
    throw new UserError(
      [
        ...loaded.problems.map(formatProblem),
        `the config ${context.options.config} is not valid`,
      ].join('\n'),
    );
  refuseUnbuilt(loaded.settings);
  return loaded;
}

/** Settings that say what this version cannot do are refused, not passed over. */
function refuseUnbuilt({ git, notify, store }: Settings): void {
  const unbuilt = [
    ...(git ? ['git'] : []),
    ...(notify.length > 0 ? ['notify'] : []),
    ...(store.type === 'postgres' ? ['store: postgres'] : []),
  ];
  if (unbuilt.length > 0)
    throw new UserError(
      `holdfast.yaml: this version does not have ${unbuilt.map((name) => `settings.${name}`).join(', ')} yet; leave it out`,
    );
}
