import { systemClock } from '../model/time/clock.ts';
import type { Catalog } from '../model/kind.ts';
import { formatProblem } from '../desired/problems/formats.ts';
import { lookAgain, type Look } from '../desired/files/configChanges.ts';
import { unknownInputs } from '../desired/files/inputs.ts';
import type { Loaded } from '../desired/load.ts';
import { bugWords } from '../desired/problems/problems.ts';
import { loadConfig, requireConfig, type Config } from '../setup/loadConfig.ts';
import type { Context } from '../setup/context.ts';

/** A config directory over time: the last good config is in force until a better one comes. */
export interface FollowedConfig {
  current(): Config;
  /** Why what lies there now is not in force; undefined when it is. */
  error(): string | undefined;
  /** When what is in force was loaded. */
  since(): Date;
  /** Looks again. Resolves to whether another config came into force. */
  reload(): Promise<boolean>;
}

/** Loads the config, which must be valid to begin with, and follows it from there. */
export async function followConfig(context: Context, catalog: Catalog): Promise<FollowedConfig> {
  const { options, env } = context;
  let current = await requireConfig(context, catalog);
  let { inputs } = current;
  let seen: Look['seen'] | undefined;
  let since = systemClock.now();
  let error: string | undefined;
  const take = (loaded: Loaded): boolean => {
    ({ inputs } = loaded);
    if (!loaded.ok) {
      error = loaded.problems.map(formatProblem).join('\n');
      context.log.error(
        { problems: loaded.problems, inForce: current.state.revision },
        'config not valid; the last good one stays in force',
      );
      return false;
    }
    const changed = error !== undefined || isOther(loaded, current);
    error = undefined;
    current = loaded;
    since = systemClock.now();
    return changed;
  };
  const look = async (): Promise<boolean> => {
    const { hash, ...rest } = await lookAgain(options.config, inputs, env, seen);
    ({ seen } = rest);
    return hash !== inputs.hash && take(await loadConfig(context, catalog));
  };
  /** What nobody foresaw is an error of the config; the next reload loads in any case. */
  const refuse = (thrown: unknown): boolean => {
    error = bugWords(thrown);
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
    // One at a time: of two loads that overlap, the older one could end last.
    reload() {
      const next = last.then(look).catch(refuse);
      last = next;
      return next;
    },
  };
}

const isOther = (loaded: Config, current: Config): boolean =>
  loaded.state.revision !== current.state.revision ||
  JSON.stringify(loaded.settings) !== JSON.stringify(current.settings);
