import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { loadDesired, type Overrides } from '../desired/load.ts';
import type { WorkspacePlace } from '../desired/files/findWorkspaces.ts';
import type { Catalog } from '../model/kind/kind.ts';
import type { Desired, GitRevision } from '../model/resource.ts';
import type { GitSettings } from '../model/settings.ts';
import { visible } from '../model/text/visible.ts';
import { systemClock } from '../model/time/clock.ts';
import { readSecret } from '../secrets/read.ts';
import { GitError } from '../sources/git/gitError.ts';
import { defaultTimeouts, type Commit } from '../sources/git/options.ts';
import { openRepository, type Repository } from '../sources/git/repository.ts';
import { UserError, type Context } from './context.ts';
import type { GitConfig, GitSource, LoadedCommit } from './gitConfig.ts';

/**
 * Opens the config in the repository that the settings name: that of the workspace, if there are several. Throws a
 * `GitError` if they cannot be used. Sends nothing. `signal`: aborts what is in flight.
 */
export const openGitSource = (
  context: Pick<Context, 'env' | 'repository' | 'workspace'>,
  config: GitConfig,
  signal?: AbortSignal,
): GitSource =>
  context.repository && context.workspace
    ? context.repository.part(config, context.workspace.name)
    : openConfig(context, config, undefined, signal);

/**
 * Opens the config of a repository, or of a directory in it: `part` is one of several in the same clone. Throws a
 * `GitError` if the settings cannot be used. Sends nothing.
 */
export function openConfig(
  { env }: Pick<Context, 'env'>,
  { git }: GitConfig,
  part: WorkspacePlace | undefined,
  signal?: AbortSignal,
): GitSource {
  const repository = openRepository({
    ...git,
    ...(part ? { name: part.name, path: join(git.path, part.directory) } : {}),
    directory: cloneDirectory(git),
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

/** Each repository and path has a clone of its own. */
function cloneDirectory({ clones, url, path }: GitSettings): string {
  const name = createHash('sha256')
    .update(JSON.stringify([url, path]))
    .digest('hex')
    .slice(0, 16);
  return resolve(join(clones, name));
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

/** Returns what `open` does. Throws its `GitError` as a `UserError`. */
export function orUserError<Value>(open: () => Value): Value {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new UserError(error.message, { cause: error });
  }
}

/** The commit for a message: its short id, its author, and its subject. */
export const commitText = (commit: Commit): string =>
  visible(`commit ${commit.id.slice(0, 12)} by ${authorOf(commit)}, “${commit.subject}”`);
