import PQueue from 'p-queue';
import { systemClock } from '../../model/time/clock.ts';
import type { Catalog } from '../../model/kind/kind.ts';
import { formatProblem } from '../../desired/problems/formats.ts';
import { configChanged, type ConfigLook } from '../../desired/files/configChanges.ts';
import { unknownInputs } from '../../desired/files/inputs.ts';
import type { Loaded } from '../../desired/load.ts';
import { bugMessage } from '../../desired/problems/problems.ts';
import { loadDirectory } from '../../setup/loadConfig.ts';
import type { Context } from '../../setup/context.ts';
import { isDifferent, type FollowedConfig } from './followedConfig.ts';

/** Follows a config directory, from what was loaded at the start. */
export function followDirectory(
  context: Context,
  catalog: Catalog,
  loadedFirst: Extract<Loaded, { ok: true }>,
): FollowedConfig {
  const { options, env } = context;
  let current = loadedFirst;
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
    return hash !== inputs.hash && apply(await loadDirectory(context, catalog, options.config));
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
  // One at a time: of two overlapping loads, the older one could end last.
  const turn = new PQueue({ concurrency: 1 });
  return {
    current: () => current,
    error: () => error,
    since: () => since,
    reload: () => turn.add(reloadIfChanged).catch(rejectConfig),
    git: undefined,
    async [Symbol.asyncDispose]() {},
  };
}
