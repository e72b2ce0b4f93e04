import type { Desired } from '../../model/resource.ts';
import type { Config } from '../../setup/loadConfig.ts';

/** A config over time. The last valid config stays in force until there is another valid one. */
export interface FollowedConfig extends AsyncDisposable {
  /** The config in force. */
  current(): Config;
  /** Why the present files are not in force; undefined if they are. */
  error(): string | undefined;
  /** When the config in force was loaded. */
  since(): Date;
  /** Loads the files if they have changed. Resolves to whether another config came into force. Never rejects. */
  reload(): Promise<boolean>;
  /** The repository; undefined for a directory. */
  readonly git: FollowedRepository | undefined;
}

/** The repository of a config, over time. */
export interface FollowedRepository {
  /** Looks the ref up, and loads its commit. Resolves to whether another config came into force. Never rejects. */
  fetch(): Promise<boolean>;
  /** When a lookup last succeeded; undefined: never in this process. */
  lastFetch(): Date | undefined;
}

/** Whether two configs differ in anything that a pass depends on or shows. */
export const isDifferent = (loaded: Config, current: Config): boolean =>
  loaded.state.revision !== current.state.revision ||
  loaded.state.git?.commit !== current.state.git?.commit ||
  JSON.stringify(loaded.settings) !== JSON.stringify(current.settings) ||
  labelsIn(loaded.state.resources) !== labelsIn(current.state.resources);

/** All labels as one text. The revision leaves them out. */
const labelsIn = (resources: readonly Desired[]): string =>
  JSON.stringify(resources.flatMap(({ address, labels }) => (labels ? [[address, labels]] : [])));
