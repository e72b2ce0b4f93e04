import { lstat, open, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nameOf, rootOf, type Root } from '../../desired/files/containment.ts';
import { yamlFiles } from '../../desired/files/findFiles.ts';
import { collectProblems } from '../../desired/problems/problems.ts';
import { systemErrorText } from '../../console/systemError.ts';
import { UserError } from '../../console/userError.ts';
import { createPrivateDirectory } from '../../model/files/privateFiles.ts';

/** Removes what was created so far. */
type Undo = () => Promise<void>;

/**
 * Writes the files of a new config, by path relative to the directory, which is created if it does not exist. Never
 * replaces a file. Rejects with a `UserError`, with nothing written, if the directory has one of the files or any YAML,
 * or if a file cannot be written; what could not be removed afterwards is named.
 */
export async function createConfig(
  directory: string,
  texts: ReadonlyMap<string, string>,
): Promise<void> {
  await refuseExisting(directory, [...texts.keys()]);
  const created = new Map<string, Undo>();
  try {
    for (const [name, text] of texts) await createFile(join(directory, name), text, created);
  } catch (error) {
    const reason = systemErrorText(error);
    const left = await remove(created);
    if (reason === undefined) throw error;
    throw new UserError(
      left.length === 0
        ? `no config was written: ${reason}`
        : `the config is incomplete: ${reason}; remove ${left.join(', ')} before you try again`,
      { cause: error },
    );
  }
}

async function createFile(path: string, text: string, created: Map<string, Undo>): Promise<void> {
  await createPrivateDirectory(dirname(path), (made) => created.set(made, () => rmdir(made)));
  // `wx` follows no link, and fails if anything is there.
  await using file = await open(path, 'wx', 0o600);
  created.set(path, () => rm(path));
  await file.writeFile(text);
  // Some file systems say only now that the disk is full.
  await file.sync();
}

/** Removes files and directories, the last first. Returns the paths of those that it could not remove. */
async function remove(created: ReadonlyMap<string, Undo>): Promise<readonly string[]> {
  const left: string[] = [];
  for (const [path, undo] of [...created].toReversed()) await undo().catch(() => left.push(path));
  return left;
}

async function refuseExisting(directory: string, names: readonly string[]): Promise<void> {
  const root = await existingRoot(directory);
  if (!root) return;
  const problems = collectProblems();
  const existing = (await yamlFiles(root, problems)).map((path) => nameOf(root.path, path));
  for (const name of names)
    if (!existing.includes(name) && (await exists(join(root.path, name)))) existing.push(name);
  const [unreadable] = problems.list();
  if (existing.length > 0)
    throw new UserError(
      `${directory} has a config already, so nothing was written: ${firstOf(existing)}; name another directory`,
    );
  if (unreadable)
    throw new UserError(
      `${directory} cannot be searched for a config, so nothing was written: ${unreadable.file}: ${unreadable.message}`,
    );
}

/** The directory, if it exists. Rejects if anything else is at its path. */
async function existingRoot(directory: string): Promise<Root | undefined> {
  if (!(await exists(directory))) return undefined;
  const root = await rootOf(directory).catch((error: unknown) => {
    throw new UserError(
      `no config was written: ${systemErrorText(error) ?? `${directory} cannot be read`}`,
      { cause: error },
    );
  });
  if (!(await lstat(root.real)).isDirectory())
    throw new UserError(
      `${directory} is not a directory, so nothing was written; name another path`,
    );
  return root;
}

/** Whether anything is at the path, be it a link that leads nowhere. */
const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: unknown) => {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // A file in the place of a parent makes the creation fail, which says so.
      if (code === 'ENOENT' || code === 'ENOTDIR') return false;
      throw error;
    },
  );

/** How many files a message names. */
const maxNamed = 5;

const firstOf = (names: readonly string[]): string =>
  [
    ...names.slice(0, maxNamed),
    ...(names.length > maxNamed ? [`and ${names.length - maxNamed} more`] : []),
  ].join(', ');
