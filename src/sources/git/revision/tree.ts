import type { Problem } from '../../../model/resource.ts';
import { visible } from '../../../model/text/visible.ts';
import { GitError } from '../gitError.ts';

/** A regular file of a tree. */
export interface TreeFile {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  readonly id: string;
  /** In bytes. */
  readonly size: number;
}

/** The entries of a tree: those to write, and those that cannot be. */
export interface Tree {
  readonly files: readonly TreeFile[];
  readonly problems: readonly Problem[];
}

const maxFiles = 20_000;
const maxFileBytes = 16 * 1024 * 1024;
const maxTotalBytes = 256 * 1024 * 1024;

/** Parses the output of `ls-tree -r -z -l`. Throws a `GitError` if the tree exceeds a limit. */
export function parseTree(output: Buffer): Tree {
  const files: TreeFile[] = [];
  const problems: Problem[] = [];
  let totalBytes = 0;
  for (const entry of entriesOf(output)) {
    const problem = problemOf(entry);
    if (problem) problems.push(problem);
    else files.push({ path: entry.path, id: entry.id, size: entry.size });
    if (entry.size > maxFileBytes)
      throw tooLarge(
        `the file ${visible(entry.path)} has ${entry.size} bytes, and the limit is ${maxFileBytes}`,
      );
    totalBytes += entry.size;
    if (files.length + problems.length > maxFiles)
      throw tooLarge(`there are more than ${maxFiles} files`);
    if (totalBytes > maxTotalBytes)
      throw tooLarge(`the files have more than ${maxTotalBytes} bytes together`);
  }
  return { files, problems };
}

const tooLarge = (what: string): GitError =>
  new GitError(
    'limit',
    `git.path has too much content: ${what}; put the config into a directory of its own and set git.path to it`,
  );

interface Entry {
  readonly mode: string;
  readonly id: string;
  readonly size: number;
  /** With U+FFFD for what is not UTF-8. */
  readonly path: string;
  readonly isUtf8: boolean;
}

function* entriesOf(output: Buffer): Generator<Entry> {
  for (let start = 0; start < output.length;) {
    const end = output.indexOf(0, start);
    const tab = output.indexOf('\t', start);
    const [mode = '', , id = '', size = ''] = output.toString('latin1', start, tab).split(/ +/);
    const bytes = output.subarray(tab + 1, end);
    const path = bytes.toString();
    yield { mode, id, size: Number(size) || 0, path, isUtf8: Buffer.from(path).equals(bytes) };
    start = end + 1;
  }
}

function problemOf({ mode, path, isUtf8 }: Entry): Problem | undefined {
  if (mode === '120000')
    return entryProblem(
      path,
      'this is a symbolic link, which is not followed in a Git repository; put a copy of the file here',
    );
  if (mode === '160000')
    return entryProblem(
      path,
      'this is a submodule, which is not fetched; put its files into this repository',
    );
  if (!isUtf8) return entryProblem(path, 'the name of this file is not UTF-8; rename it');
  return path.split('/').some((part) => reserved.test(part)) || path.includes('\\')
    ? entryProblem(path, 'this file has a path that cannot be used on every system; rename it')
    : undefined;
}

/** Names that lead elsewhere, or that Git itself gives a meaning. */
const reserved = /^(?:|\.|\.\.|\.git)$/i;

/** A problem with a whole file. */
export const entryProblem = (path: string, message: string): Problem => ({
  file: visible(path),
  line: 1,
  column: 1,
  rule: 'unreadable',
  message,
});
