import { publishAccepted } from './publishAccepted.ts';
import type { Published } from './printAccept.ts';
import type { Acceptance, AcceptTools } from './request.ts';
import { requireWritable, writeAccepted } from './writeAccepted.ts';
import type { Catalog } from '../model/kind/kind.ts';
import type { GitSettings, Settings } from '../model/settings.ts';
import { openGitSource } from '../setup/gitSource.ts';
import { overridesOf, requireValid, sourceOf } from '../setup/loadConfig.ts';
import { UserError, type Context } from '../setup/context.ts';
import { checkBranch } from '../sources/git/branch.ts';
import { GitError } from '../sources/git/gitError.ts';

/** Where the config is, and how an accepted file gets there. */
export interface Place {
  /** A directory with its files. */
  readonly directory: string;
  /** Rejects with a `UserError` if the file cannot be written there. */
  readonly check: (acceptance: Acceptance) => Promise<void>;
  /** Writes the file. Resolves to where it was published; undefined for a directory. */
  readonly write: (tools: AcceptTools, acceptance: Acceptance) => Promise<Published | undefined>;
}

/**
 * Opens the place of the config. The files of a repository are changed by a branch only, and those of a directory by
 * none. Rejects with a `UserError` if `branch` does not fit.
 */
export async function openPlace(
  context: Context,
  catalog: Catalog,
  branch: string | undefined,
): Promise<Place> {
  const source = await sourceOf(context, catalog);
  if (source.from === 'git') return inRepository(context, catalog, source, branch);
  if (branch !== undefined)
    throw new UserError(
      'nothing was changed: --branch is for a config from Git (git.url of settings), and this one is a directory; leave it out',
    );
  const directory = context.options.config;
  return {
    directory,
    check: ({ file }) => requireWritable(directory, file),
    write: async (tools, acceptance) => {
      await writeAccepted(tools, acceptance);
      return undefined;
    },
  };
}

async function inRepository(
  context: Context,
  catalog: Catalog,
  { settings, git }: { readonly settings: Settings; readonly git: GitSettings },
  branch: string | undefined,
): Promise<Place> {
  if (branch === undefined)
    throw new UserError(
      'nothing was changed: the config is in a Git repository, whose files are changed by a branch; add --branch NAME',
    );
  try {
    checkBranch(branch);
    const repository = openGitSource(context, { settings, git });
    const commit = await repository.latest();
    const loaded = await repository.load(catalog, overridesOf(context), commit);
    requireValid(loaded, context);
    const destination = { git: repository, base: commit.id, branch };
    return {
      directory: loaded.directory,
      check: async () => undefined,
      write: (_, acceptance) => publishAccepted(context, acceptance, destination),
    };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new UserError(`nothing was changed: ${error.message}`, { cause: error });
  }
}
