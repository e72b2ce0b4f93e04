// A config in a Git repository over time. A fetch looks the ref up and loads its commit; a reload loads the commit in
// force again after the operator's settings file has changed. Whatever fails, the config in force stays: the commit
// that cannot be used is in `error`, with its author, and the repository that cannot be reached in the log.

import PQueue from 'p-queue';
import { systemClock } from '../../model/time/clock.ts';
import type { Catalog } from '../../model/kind/kind.ts';
import { configChanged, type ConfigLook } from '../../desired/files/configChanges.ts';
import { formatProblem } from '../../desired/problems/formats.ts';
import { bugMessage } from '../../desired/problems/problems.ts';
import type { GitSettings } from '../../model/settings.ts';
import { overridesOf, sourceOf, type ConfigSource } from '../../setup/loadConfig.ts';
import type { GitConfig, GitSource, LoadedCommit } from '../../setup/gitConfig.ts';
import { commitText, openGitSource, orUserError } from '../../setup/gitSource.ts';
import { UserError, type Context } from '../../setup/context.ts';
import { GitError } from '../../sources/git/gitError.ts';
import type { Commit } from '../../sources/git/options.ts';
import { isDifferent, type FollowedConfig } from './followedConfig.ts';

/** A config in force, and the commit that it is from. */
interface InForce {
  readonly loaded: Extract<LoadedCommit, { ok: true }>;
  readonly commit: Commit;
}

/** What is known of the repository. Undefined errors: the last attempt succeeded. */
interface Known {
  /** The commit that was looked at last. */
  readonly seen: string | undefined;
  /** Why that commit is not in force. */
  readonly commitError?: string | undefined;
  /** Why the repository could not be read. */
  readonly fetchError?: string | undefined;
}

/**
 * Follows a repository. If its newest commit cannot be used at the start, the one that was in force when the former
 * process ended is. Rejects with a `UserError` if there is neither.
 */
export async function followGit(
  context: Context,
  catalog: Catalog,
  from: Extract<ConfigSource, { readonly from: 'git' }>,
): Promise<FollowedConfig> {
  const { log, env, repository } = context;
  const stopping = new AbortController();
  const open = (config: GitConfig): GitSource => openGitSource(context, config, stopping.signal);
  const load = (source: GitSource, commit: Commit): Promise<LoadedCommit> =>
    source.load(catalog, overridesOf(context), commit);

  let source = orUserError(() => open(from));
  let known: Known = { seen: undefined };
  let lastFetch: Date | undefined;
  let since = systemClock.now();
  let settingsSeen: ConfigLook['seen'] | undefined;
  let isRunning = false;

  /** Loads the newest commit. Undefined: there is none that can be used, or it is in force already. */
  const newest = async (): Promise<InForce | undefined> => {
    const commit = await source.latest();
    lastFetch = systemClock.now();
    if (commit.rewritten)
      log.warn({ commit: commit.id }, 'the history of the repository was rewritten; following it');
    if (commit.id === known.seen) {
      known = { ...known, fetchError: undefined };
      return undefined;
    }
    const loaded = await load(source, commit);
    if (loaded.ok) {
      await source.keep(commit.id);
      known = { seen: commit.id };
      return { loaded, commit };
    }
    const problems = loaded.problems.map(formatProblem);
    known = { seen: commit.id, commitError: [commitText(commit), ...problems].join('\n') };
    // A workspace without a former commit is started again and again: its daemon logs why when that changes.
    if (isRunning || !repository)
      log.error(
        { commit: commit.id, author: commit.author, problems: loaded.problems },
        'commit not valid; the last good one stays in force',
      );
    return undefined;
  };

  /** Treats a failure as an error of the repository, which is logged when it changes. */
  const failed = (error: unknown): undefined => {
    const fetchError = error instanceof GitError ? error.message : bugMessage(error);
    // What concerns all workspaces of a repository is logged once, by it.
    if (fetchError !== known.fetchError && !stopping.signal.aborted && !repository)
      log.error(
        error instanceof GitError ? { error: fetchError } : { err: error },
        'the repository could not be read; the last good config stays in force',
      );
    known = { ...known, fetchError };
    return undefined;
  };

  const errorText = (): string | undefined => {
    const { commitError, fetchError } = known;
    const texts = [commitError, fetchError && `the repository cannot be read: ${fetchError}`];
    return texts.filter((text) => text !== undefined).join('\n') || undefined;
  };

  /** The config that was in force when the former process ended. */
  const former = async (): Promise<InForce | undefined> => {
    const commit = await source.inForce();
    const loaded = commit && (await load(source, commit));
    return commit && loaded?.ok ? { loaded, commit } : undefined;
  };

  const first = (await newest().catch(failed)) ?? (await former().catch(() => undefined));
  if (!first) throw new UserError(['there is no valid config in git:', errorText() ?? '']);
  let current = first;
  isRunning = true;
  const firstError = errorText();
  if (repository && firstError !== undefined)
    log.error({ error: firstError }, 'the last good commit stays in force');
  log.info({ commit: current.commit.id, author: current.commit.author }, 'config from git');

  const take = (next: InForce): boolean => {
    const changed = isDifferent(next.loaded, current.loaded);
    current = next;
    since = systemClock.now();
    settingsSeen = undefined;
    if (changed)
      log.info({ commit: next.commit.id, author: next.commit.author }, 'commit in force');
    return changed;
  };

  const fetch = async (): Promise<boolean> => {
    const before = known;
    const next = await newest().catch(failed);
    // Other revisions are removed some time; the one in force must stay.
    if (!next && known.seen !== before.seen) await source.read(current.commit.id).catch(failed);
    return next !== undefined && take(next);
  };

  /** After a change of the operator's settings file: another repository, or the same commit with other settings. */
  const reload = async (): Promise<boolean> => {
    const { inputs, directory } = current.loaded;
    const { hash, seen } = await configChanged(directory, inputs, env, settingsSeen);
    settingsSeen = seen;
    if (hash === inputs.hash) return false;
    const own = await sourceOf(context, catalog);
    if (own.from !== 'git') {
      known = { ...known, commitError: settingsError(own) };
      log.error(
        { error: known.commitError },
        'settings not valid; the last good ones stay in force',
      );
      return false;
    }
    if (!isSame(own.git, source.settings)) {
      source = open(own);
      known = { seen: undefined };
      return await fetch();
    }
    const loaded = await load(source, current.commit);
    if (loaded.ok) {
      known = { ...known, commitError: undefined, seen: undefined };
      return take({ loaded, commit: current.commit });
    }
    known = { ...known, commitError: loaded.problems.map(formatProblem).join('\n') };
    log.error(
      { problems: loaded.problems },
      'settings not valid; the last good ones stay in force',
    );
    return false;
  };

  // One at a time, as for a directory.
  const turn = new PQueue({ concurrency: 1 });
  const safely = (step: () => Promise<boolean>): Promise<boolean> =>
    turn.add(step).catch((error: unknown) => failed(error) ?? false);
  return {
    current: () => current.loaded,
    error: errorText,
    since: () => since,
    reload: () => safely(reload),
    git: {
      fetch: () => safely(fetch),
      lastFetch: () => (repository ? repository.lastFetch() : lastFetch),
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await turn.onIdle();
    },
  };
}

const settingsError = (own: Exclude<ConfigSource, { readonly from: 'git' }>): string =>
  own.from === 'nowhere'
    ? own.loaded.problems.map(formatProblem).join('\n')
    : 'the operator’s settings no longer name a repository; start Holdfast again to read a config directory';

const isSame = (a: GitSettings, b: GitSettings): boolean => JSON.stringify(a) === JSON.stringify(b);
