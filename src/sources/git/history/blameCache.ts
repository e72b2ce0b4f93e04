import type { Git } from '../process/git.ts';
import { readBlame, type Blames } from './blame.ts';
import { isAncestor } from './commits.ts';

/** The origins of the lines of several files, by file. */
export type BlamesByFile = ReadonlyMap<string, Blames>;

/** Reads the origins of lines, and remembers them from one commit to the next. */
export interface BlameCache {
  /** Rejects with a `GitError` if one of the files does not exist in the commit. */
  read(git: Git, commit: string, files: readonly string[]): Promise<BlamesByFile>;
}

/** How many commands run at the same time. */
const concurrency = 2;

/**
 * Makes a cache. Of an older commit, it keeps the files that no commit has touched since then: their lines have the
 * same origin. After a rewritten history nothing is kept, since the commits may be gone. Calls must not overlap.
 */
export function createBlameCache(): BlameCache {
  let known: { readonly commit: string; readonly byFile: Map<string, Blames> } | undefined;
  return {
    async read(git, commit, files) {
      const byFile = await untouched(git, known, commit);
      const missing = files.filter((file) => !byFile.has(file)).values();
      const work = async (): Promise<void> => {
        for (const file of missing) byFile.set(file, await readBlame(git, commit, file));
      };
      await Promise.all(Array.from({ length: concurrency }, work));
      const wanted = new Set(files);
      for (const file of byFile.keys()) if (!wanted.has(file)) byFile.delete(file);
      known = { commit, byFile };
      return new Map(byFile);
    },
  };
}

/** The known origins that are those of `commit` too. */
async function untouched(
  git: Git,
  known: { readonly commit: string; readonly byFile: Map<string, Blames> } | undefined,
  commit: string,
): Promise<Map<string, Blames>> {
  if (!known) return new Map();
  if (known.commit === commit) return known.byFile;
  if (!(await isAncestor(git, known.commit, commit))) return new Map();
  const output = await git.local([
    'log',
    '-m',
    '--name-only',
    '--no-renames',
    '--format=',
    '-z',
    `${known.commit}..${commit}`,
    '--',
  ]);
  const touched = new Set(output.toString().split('\0'));
  return new Map([...known.byFile].filter(([file]) => !touched.has(file)));
}
