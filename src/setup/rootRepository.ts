// The repository of several workspaces. The ref is looked up once for all of them, and each reads its own directory of
// the commit, as if that were the config of a repository of its own.

import PQueue from 'p-queue';
import {
  workspacesAmong,
  type FoundWorkspaces,
  type WorkspacePlace,
} from '../desired/files/findWorkspaces.ts';
import { systemClock } from '../model/time/clock.ts';
import { GitError } from '../sources/git/gitError.ts';
import type { Commit } from '../sources/git/options.ts';
import type { GitConfig, GitSource, LookUpTrigger, RootRepository } from './gitConfig.ts';
import type { Listing } from '../sources/git/revision/entries.ts';
import { openConfig, orUserError } from './gitSource.ts';
import { UserError, type Context } from './context.ts';

/** The number of workspaces that read their files of a commit at a time. */
const concurrency = 4;

/** Opens the repository of several workspaces. Sends nothing. Throws a `UserError` if the settings cannot be used. */
export function openRootRepository(
  { env, log }: Pick<Context, 'env' | 'log'>,
  first: GitConfig,
): RootRepository {
  const stopping = new AbortController();
  const { signal } = stopping;
  const open = (config: GitConfig, part?: WorkspacePlace): GitSource =>
    orUserError(() => openConfig({ env }, config, part, signal));
  const listeners = new Set<(trigger: LookUpTrigger) => void>();
  const lookUps = new PQueue({ concurrency: 1 });
  const reads = new PQueue({ concurrency });
  let source = open(first);
  let last: Promise<Commit> | undefined;
  let lastFetch: Date | undefined;
  let lastError: string | undefined;
  let listed: { readonly commit: string; readonly listing: Promise<Listing> } | undefined;
  /** The result of the last search, and what it depends on. */
  let found: { readonly key: string; readonly workspaces: FoundWorkspaces } | undefined;

  const fetch = async (): Promise<Commit> => {
    const commit = await source.latest();
    lastFetch = systemClock.now();
    lastError = undefined;
    if (commit.rewritten)
      log.warn({ commit: commit.id }, 'the history of the repository was rewritten; following it');
    return { ...commit, rewritten: false };
  };
  /** Logs a failure once, while an older commit stays in force. */
  const failed = (error: unknown): void => {
    const { message } = error as Error;
    if (message !== lastError && !signal.aborted)
      log.error(
        error instanceof GitError ? { error: message } : { err: error },
        'the repository could not be read; the last good config stays in force',
      );
    lastError = message;
  };
  /** Its failure is handled by whoever asks for the commit. */
  const begin = (): Promise<Commit> => {
    const next = fetch();
    next.catch(() => undefined);
    return next;
  };
  const latest = (): Promise<Commit> => (last ??= begin());
  /** What is in a commit, which is read once for all. */
  const list = (commit: string): Promise<Listing> => {
    if (listed?.commit === commit) return listed.listing;
    const listing = source.list(commit);
    listing.catch(() => (listed = undefined));
    listed = { commit, listing };
    return listing;
  };
  const use = (config: GitConfig): void => {
    if (JSON.stringify(config.git) === JSON.stringify(source.settings)) return;
    source = open(config);
    last = undefined;
    listed = undefined;
  };

  return {
    use,
    interval: () => source.settings.interval,
    async lookUp(trigger) {
      // One that waits sees what this one would.
      if (lookUps.size > 0) return;
      await lookUps.add(async () => {
        const next = begin();
        await next.catch(failed);
        last = next;
        for (const listener of listeners) listener(trigger);
      });
    },
    listen(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    lastFetch: () => lastFetch,
    async find(pattern) {
      const commit = await latest().catch(async (error: unknown) => {
        const former = await source.inForce();
        if (former) return former;
        throw new UserError(`the config cannot be read from git: ${(error as Error).message}`, {
          cause: error,
        });
      });
      const key = JSON.stringify([source.settings, commit.id, pattern]);
      if (found?.key === key) return found.workspaces;
      const workspaces = workspacesAmong((await list(commit.id)).files, pattern);
      if (workspaces.places.length > 0) await source.keep(commit.id);
      found = { key, workspaces };
      return workspaces;
    },
    part(config, name) {
      use(config);
      const place = found?.workspaces.places.find((one) => one.name === name);
      const own = open(config, place ?? { name, directory: name });
      let lastTree: string | undefined;
      /** Those that a commit changes come first. */
      const priorityOf = async (commit: string): Promise<number> => {
        const tree = (await list(commit)).trees.get(place?.directory ?? name);
        const isSame = tree === lastTree;
        lastTree = tree;
        return isSame ? 0 : 1;
      };
      return {
        ...own,
        latest,
        async load(catalog, overrides, commit) {
          const priority = await priorityOf(commit.id);
          return reads.add(() => own.load(catalog, overrides, commit), { priority });
        },
        read: (commit) => reads.add(() => own.read(commit)),
      };
    },
    [Symbol.dispose]: () => stopping.abort(),
  };
}
