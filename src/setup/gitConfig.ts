import type { FoundWorkspaces } from '../desired/files/findWorkspaces.ts';
import type { Loaded, Overrides } from '../desired/load.ts';
import type { Catalog } from '../model/kind/kind.ts';
import type { GitSettings, Settings } from '../model/settings.ts';
import type { Commit } from '../sources/git/options.ts';
import type { Repository } from '../sources/git/repository.ts';

/** The operator's settings, and the repository that they name. */
export interface GitConfig {
  readonly settings: Settings;
  readonly git: GitSettings;
}

/** The config in a Git repository. */
export interface GitSource extends Repository {
  readonly settings: GitSettings;
  /**
   * Loads the config of a commit that `latest` or `inForce` returned. Problems are in the result. Rejects with a
   * `GitError` if the commit cannot be read.
   */
  load(catalog: Catalog, overrides: Overrides, commit: Commit): Promise<LoadedCommit>;
}

/** The result of loading a commit. */
export type LoadedCommit = Loaded & {
  /** The directory with the files of the commit. */
  readonly directory: string;
};

/** Why the ref was looked up. */
export type LookUpTrigger = 'git' | 'webhook';

/** A repository with the configs of several workspaces. Disposing of it ends what is in flight. */
export interface RootRepository extends Disposable {
  /** Opens another repository if the settings name one. Throws a `UserError` if they cannot be used. */
  use(config: GitConfig): void;
  /** How often the ref is to be looked up, in milliseconds. */
  interval(): number;
  /**
   * Looks the ref up, fetches it if it has moved, and then calls the listeners. Never rejects: `latest` reports
   * failures.
   */
  lookUp(trigger: LookUpTrigger): Promise<void>;
  /** Calls `listener` after each look-up, until the result is disposed of. */
  listen(listener: (trigger: LookUpTrigger) => void): Disposable;
  /** When a look-up last succeeded; undefined: never in this process. */
  lastFetch(): Date | undefined;
  /**
   * Finds the workspaces in the commit that was looked up last; if there is none, in the one that was when the former
   * process ended. Rejects with a `UserError` if there is neither.
   */
  find(pattern: string): Promise<FoundWorkspaces>;
  /**
   * Opens the config of a workspace that was found. Its `latest` is the result of the last look-up. Throws as `use`
   * does.
   */
  part(config: GitConfig, name: string): GitSource;
}
