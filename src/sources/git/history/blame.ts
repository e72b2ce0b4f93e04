import type { Blame } from '../../../model/resource.ts';
import { shallowCommits, timeOf } from './commits.ts';
import type { Git } from '../process/git.ts';
import { checkIsFile } from '../revision/entries.ts';

/** The origins of a file's lines, from the first. Null where the history needed is missing. */
export type Blames = readonly (Blame | null)[];

/**
 * Reads the origin of each line of a file. The first commits of a shallow history would be blamed for all that is
 * older, so lines that seem to come from them have no origin. Rejects with a
 * `GitError` if the file does not exist.
 */
export async function readBlame(git: Git, commit: string, file: string): Promise<Blames> {
  await checkIsFile(git, commit, file);
  const incomplete = await shallowCommits(git);
  const output = await git.local(['blame', '--porcelain', '--encoding=UTF-8', commit, '--', file]);
  return parseBlame(output.toString(), incomplete);
}

/** Parses the output of `git blame --porcelain`, which describes a commit only where it appears first. */
function parseBlame(output: string, incomplete: ReadonlySet<string>): Blames {
  const known = new Map<string, Blame>();
  const blames: (Blame | null)[] = [];
  let current = { commit: '', author: '', seconds: '' };
  for (const line of output.split('\n')) {
    const commit = /^(?<id>[\da-f]{40}|[\da-f]{64}) \d+ \d+(?: \d+)?$/.exec(line)?.groups?.['id'];
    if (commit !== undefined) current = { commit, author: '', seconds: '' };
    else if (line.startsWith('author ')) current.author = line.slice('author '.length);
    else if (line.startsWith('author-time ')) current.seconds = line.slice('author-time '.length);
    else if (line.startsWith('\t')) blames.push(originOf(current, known, incomplete));
  }
  return blames;
}

function originOf(
  { commit, author, seconds }: { commit: string; author: string; seconds: string },
  known: Map<string, Blame>,
  incomplete: ReadonlySet<string>,
): Blame | null {
  if (incomplete.has(commit)) return null;
  const blame = known.get(commit) ?? { commit, author, at: timeOf(seconds).toISOString() };
  known.set(commit, blame);
  return blame;
}
