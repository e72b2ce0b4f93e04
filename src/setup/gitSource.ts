import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { loadDesired, type Loaded, type Overrides } from '../desired/load.ts';
import type { Catalog } from '../model/kind/kind.ts';
import type { Desired, GitRevision } from '../model/resource.ts';
import type { GitSettings, Settings } from '../model/settings.ts';
import { visible } from '../model/text/visible.ts';
import { systemClock } from '../model/time/clock.ts';
import { readSecret } from '../secrets/read.ts';
import { GitError } from '../sources/git/gitError.ts';
import { defaultTimeouts, type Commit } from '../sources/git/options.ts';
import { openRepository, type Repository } from '../sources/git/repository.ts';
import type { Context } from './context.ts';

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

/**
 * Opens the repository that the settings name. Throws a `GitError` if they cannot be used. Sends nothing. `signal`:
 * aborts what is in flight.
 */
export function openGitSource(
  { env }: Pick<Context, 'env'>,
  { store }: Pick<Settings, 'store'>,
  git: GitSettings,
  signal?: AbortSignal,
): GitSource {
  const repository = openRepository({
    ...git,
    directory: cloneDirectory(store, git),
    read: (source) => readSecret(source, env),
    env,
    clock: systemClock,
    timeouts: defaultTimeouts,
    ...(signal ? { signal } : {}),
  });
  return {
    ...repository,
    settings: git,
    load: (catalog, overrides, commit) => loadCommit(repository, git, catalog, overrides, commit),
  };
}

/** The clone is beside the store, in a directory of its own for each repository and path. */
function cloneDirectory(store: Settings['store'], { url, path }: GitSettings): string {
  const place = store.type === 'sqlite' ? dirname(store.path) : '.holdfast';
  const name = createHash('sha256')
    .update(JSON.stringify([url, path]))
    .digest('hex')
    .slice(0, 16);
  return resolve(join(place, 'git', name));
}

async function loadCommit(
  repository: Repository,
  git: GitSettings,
  catalog: Catalog,
  overrides: Overrides,
  commit: Commit,
): Promise<LoadedCommit> {
  const { directory, problems } = await repository.read(commit.id);
  const loaded = await loadDesired(directory, catalog, { ...overrides, source: 'git' });
  if (!loaded.ok) return { ...loaded, directory, problems: [...problems, ...loaded.problems] };
  if (problems.length > 0)
    return { ok: false, problems, warnings: loaded.warnings, inputs: loaded.inputs, directory };
  const resources = await withBlame(repository, commit.id, loaded.state.resources);
  const state = { ...loaded.state, resources, git: revisionOf(git, commit) };
  return { ...loaded, state, directory };
}

const revisionOf = ({ url, ref }: GitSettings, commit: Commit): GitRevision => ({
  url,
  ref,
  commit: commit.id,
  author: authorOf(commit),
  committedAt: commit.committedAt.toISOString(),
  subject: commit.subject,
  verified: commit.verified,
});

/** The author of a commit, for people. */
const authorOf = ({ author: { name, email } }: Commit): string => `${name} <${email}>`;

/** Adds to each resource who last changed the line that declares it. */
async function withBlame(
  repository: Repository,
  commit: string,
  resources: readonly Desired[],
): Promise<readonly Desired[]> {
  const files = [...new Set(resources.map(({ source }) => source.file))];
  const blames = await repository.blame(commit, files).catch((error: unknown) => {
    // A line without an origin is better than a config that is not in force.
    if (error instanceof GitError) return new Map<string, never>();
    throw error;
  });
  return resources.map((resource) => {
    const { source } = resource;
    const blame = blames.get(source.file)?.[source.line - 1] ?? null;
    return { ...resource, source: { ...source, blame } };
  });
}

/** The commit for a message: its short id, its author, and its subject. */
export const commitText = (commit: Commit): string =>
  visible(`commit ${commit.id.slice(0, 12)} by ${authorOf(commit)}, “${commit.subject}”`);
