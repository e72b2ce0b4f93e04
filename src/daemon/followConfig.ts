import { systemClock } from '../model/time/clock.ts';
import type { Catalog } from '../model/kind.ts';
import { formatProblem } from '../desired/problems/formats.ts';
import { configChanged, type ConfigLook } from '../desired/files/configChanges.ts';
import { unknownInputs } from '../desired/files/inputs.ts';
import type { Loaded } from '../desired/load.ts';
import { bugMessage } from '../desired/problems/problems.ts';
import { loadConfig, requireConfig, type Config } from '../setup/loadConfig.ts';
import type { Context } from '../setup/context.ts';

/** A config directory over time. The last valid config stays in force until the files hold another valid one. */
export interface FollowedConfig {
  /** The config in force. */
  current(): Config;
  /** Why the present files are not in force; undefined if they are. */
  error(): string | undefined;
  /** When the config in force was loaded. */
  since(): Date;
  /** Loads the files if they have changed. Resolves to whether another config came into force. Never rejects. */
  reload(): Promise<boolean>;
}

/**
 * Loads the config, and returns it as one that can be reloaded. Rejects with a `UserError` if it is not valid at the
 * start.
 */
export async function followConfig(context: Context, catalog: Catalog): Promise<FollowedConfig> {
  const { options, env } = context;
  let current = await requireConfig(context, catalog);
  let { inputs } = current;
  let seen: ConfigLook['seen'] | undefined;
  let since = systemClock.now();
  let error: string | undefined;
  const apply = (loaded: Loaded): boolean => {
    ({ inputs } = loaded);
    if (!loaded.ok) {
      error = loaded.problems.map(formatProblem).join('\n');
      context.log.error(
        { problems: loaded.problems, inForce: current.state.revision },
        'config not valid; the last good one stays in force',
      );
      return false;
    }
    const changed = error !== undefined || isDifferent(loaded, current);
    error = undefined;
    current = loaded;
    since = systemClock.now();
    return changed;
  };
  const reloadIfChanged = async (): Promise<boolean> => {
    const { hash, ...rest } = await configChanged(options.config, inputs, env, seen);
    ({ seen } = rest);
    return hash !== inputs.hash && apply(await loadConfig(context, catalog));
  };
  /** Treats a bug as an error of the config. Unknown inputs make the next reload load the files in any case. */
  const rejectConfig = (thrown: unknown): boolean => {
    error = bugMessage(thrown);
    inputs = unknownInputs;
    context.log.error(
      { err: thrown },
      'config could not be loaded; the last good one stays in force',
    );
    return false;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    current: () => current,
    error: () => error,
    since: () => since,
    // One at a time: of two overlapping loads, the older one could end last.
    reload() {
      const next = last.then(reloadIfChanged).catch(rejectConfig);
      last = next;
      return next;
    },
  };
}

const isDifferent = (loaded: Config, current: Config): boolean =>
  loaded.state.revision !== current.state.revision ||
  JSON.stringify(loaded.settings) !== JSON.stringify(current.settings);
