import { visible } from '../../../model/text/visible.ts';
import { CloneDamage, GitError } from '../gitError.ts';
import type { Git } from '../process/git.ts';

/** Returns the id of the tree of a directory in a commit. Rejects with a `GitError` if there is none. */
export async function treeOf(git: Git, commit: string, path: string): Promise<string> {
  const entry = await entryAt(git, commit, path);
  if (entry?.type === 'tree') return entry.id;
  throw new GitError(
    'path',
    `git.path ${visible(path)} ${entry ? 'is not a directory' : 'does not exist'} in commit ${commit}; check git.path`,
  );
}

/** What is in a tree, by path with `/`. U+FFFD is in place of what is not UTF-8. */
export interface Listing {
  readonly files: readonly string[];
  /** The ids of the trees of its directories. Equal ids mean equal content. */
  readonly trees: ReadonlyMap<string, string>;
}

/** Lists a tree and all below it. */
export async function listingOf(git: Git, tree: string): Promise<Listing> {
  const output = await git.local(['ls-tree', '-r', '-t', '-z', '--full-tree', tree]);
  const files: string[] = [];
  const trees = new Map<string, string>();
  for (const line of output.toString().split('\0').slice(0, -1)) {
    const tab = line.indexOf('\t');
    const path = line.slice(tab + 1);
    const [, type = '', id = ''] = line.slice(0, tab).split(' ');
    if (type === 'tree') trees.set(path, id);
    else files.push(path);
  }
  return { files, trees };
}

/** Rejects with a `GitError` if the path is not a file in the commit. */
export async function checkIsFile(git: Git, commit: string, path: string): Promise<void> {
  const isInside = !path.split('/').includes('..');
  const entry = isInside ? await entryAt(git, commit, path) : undefined;
  if (entry?.type !== 'blob')
    throw new GitError('path', `there is no file ${visible(path)} in commit ${commit}`);
}

interface Entry {
  readonly type: string;
  readonly id: string;
}

/** Undefined if nothing is at the path. Rejects with a `CloneDamage` if the commit cannot be read. */
async function entryAt(git: Git, commit: string, path: string): Promise<Entry | undefined> {
  if (path === '') return { type: 'tree', id: await rootOf(git, commit) };
  const output = await git.local(['ls-tree', '-z', '--full-tree', commit, '--', path]);
  // A path that ends with `/` would list what is below it.
  const [head = '', name] = output.toString().split(/[\t\0]/);
  const [, type = '', id = ''] = head.split(' ');
  return name === path ? { type, id } : undefined;
}

async function rootOf(git: Git, commit: string): Promise<string> {
  const input = `${commit}^{tree}\n`;
  const output = (await git.local(['cat-file', '--batch-check'], { input })).toString();
  const [id = '', type] = output.split(' ');
  if (type !== 'tree') throw new CloneDamage(`commit ${commit} is not in the repository`);
  return id;
}
