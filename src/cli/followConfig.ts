import { systemClock } from '../model/clock.ts';
import type { Catalog } from '../model/kind.ts';
import { formatProblem } from '../desired/formats.ts';
import { readFiles } from '../desired/files.ts';
import { loadConfig, requireConfig, type Config } from './config.ts';
import type { Context } from './context.ts';

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
  const { config } = context.options;
  let files = await readFiles(config);
  let current: Config = await requireConfig(context, catalog);
  let since = systemClock.now();
  let error: string | undefined;
  return {
    current: () => current,
    error: () => error,
    since: () => since,
    async reload() {
      const { hash } = files;
      files = await readFiles(config, files);
      if (files.hash === hash) return false;
      const loaded = await loadConfig(context, catalog);
      if (!loaded.ok) {
        error = loaded.problems.map(formatProblem).join('\n');
        context.log.error(
          { problems: loaded.problems, inForce: current.state.revision },
          'config not valid; the last good one stays in force',
        );
        return false;
      }
      const changed =
        error !== undefined ||
        loaded.state.revision !== current.state.revision ||
        JSON.stringify(loaded.settings) !== JSON.stringify(current.settings);
      error = undefined;
      current = loaded;
      since = systemClock.now();
      return changed;
    },
  };
}
