import { GitError } from '../gitError.ts';
import type { Git } from '../process/git.ts';
import { visible } from '../../../model/text/visible.ts';

/**
 * Returns the id of the tree of a commit in which a file has another text. Its mode stays. Writes objects, and needs
 * neither an index nor a working tree. Rejects with a `GitError` if the file is not there.
 */
export async function withFile(
  git: Git,
  commit: string,
  path: string,
  text: string,
): Promise<string> {
  const blob = await idIn(git, ['hash-object', '-w', '--stdin'], text);
  return changed(git, `${commit}^{tree}`, path.split('/'), blob);
}

/** An entry of a tree, as `ls-tree` prints it: `MODE TYPE ID`, a tab, and the name. */
const entryForm = /^(\d+) (\w+) ([\da-f]+)\t(.*)$/s;

async function changed(
  git: Git,
  tree: string,
  [name = '', ...rest]: readonly string[],
  blob: string,
): Promise<string> {
  const output = await git.local(['ls-tree', '-z', tree]);
  const listed = output.toString();
  if (!Buffer.from(listed).equals(output))
    throw new GitError('path', 'the directory has a file whose name is not UTF-8');
  const lines = listed.split('\0').filter((line) => line !== '');
  const at = lines.findIndex((line) => entryForm.exec(line)?.[4] === name);
  const [, mode = '', type, id = ''] = entryForm.exec(lines[at] ?? '') ?? [];
  const isFile = type === 'blob' && mode.startsWith('100');
  if (rest.length === 0 ? !isFile : type !== 'tree')
    throw new GitError('path', `the repository has no file ${visible([name, ...rest].join('/'))}`);
  const child = rest.length === 0 ? blob : await changed(git, id, rest, blob);
  const entry = `${mode} ${type} ${child}\t${name}`;
  return idIn(git, ['mktree', '-z', '--missing'], `${lines.with(at, entry).join('\0')}\0`);
}

const idIn = async (git: Git, args: readonly string[], input: string): Promise<string> =>
  (await git.local(args, { input })).toString().trim();
