import { randomBytes } from 'node:crypto';
import { lstat, readFile, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPrivateDirectory } from '../../../model/files/privateFiles.ts';
import type { Problem } from '../../../model/resource.ts';
import { visible } from '../../../model/text/visible.ts';
import { notWritable } from '../clone.ts';
import type { Revision } from '../options.ts';
import type { Git } from '../process/git.ts';
import { parseTree, type TreeFile } from './tree.ts';
import { writeTree } from './writeTree.ts';

/** How many revisions are kept: another process, or a pass that is not finished, may use an older one. */
const kept = 4;

/** An unfinished revision that is older was left by a process that was killed. */
const unfinishedMs = 3_600_000;

/**
 * Returns the files of a tree, in a directory that is named for it and is written at most once. It appears under this
 * name only when it is complete. Removes all but the latest revisions.
 */
export async function readRevision(
  git: Git,
  tree: string,
  { directory, now }: { readonly directory: string; readonly now: Date },
): Promise<Revision> {
  const output = await git.local(['ls-tree', '-r', '-z', '-l', '--full-tree', tree]);
  const { files, problems } = parseTree(output);
  const place = join(directory, tree);
  const found = await writtenProblems(place, files);
  const written = found ?? (await write(git, files, place));
  await utimes(place, now, now);
  await removeOthers(directory, now);
  return { directory: filesIn(place), problems: [...problems, ...written] };
}

const filesIn = (place: string): string => join(place, 'files');
const problemsIn = (place: string): string => join(place, 'problems.json');

/** The problems of a revision that was written before. Undefined: it is missing or incomplete. */
async function writtenProblems(
  place: string,
  files: readonly TreeFile[],
): Promise<readonly Problem[] | undefined> {
  try {
    const problems = JSON.parse(await readFile(problemsIn(place), 'utf8')) as readonly Problem[];
    const unwritten = new Set(problems.map(({ file }) => file));
    for (const { path, size } of files) {
      if (unwritten.has(visible(path))) continue;
      const stats = await lstat(join(filesIn(place), path));
      if (!stats.isFile() || stats.size !== size) return undefined;
    }
    return problems;
  } catch {
    return undefined;
  }
}

async function write(
  git: Git,
  files: readonly TreeFile[],
  place: string,
): Promise<readonly Problem[]> {
  const part = unfinished(place);
  try {
    await createPrivateDirectory(filesIn(part)).catch((error: unknown) => {
      throw notWritable(part, error);
    });
    const problems = await writeTree(git, files, filesIn(part));
    await writeFile(problemsIn(part), JSON.stringify(problems), { mode: 0o600 });
    await publish(part, place, files);
    return problems;
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

const unfinished = (place: string): string => `${place}.${randomBytes(6).toString('hex')}.tmp`;

/** Another process may have written the same revision meanwhile. An incomplete one is moved away. */
async function publish(part: string, place: string, files: readonly TreeFile[]): Promise<void> {
  try {
    await rename(part, place);
  } catch (error) {
    if (await writtenProblems(place, files)) return;
    const old = unfinished(place);
    await rename(place, old).catch(() => {
      throw notWritable(place, error);
    });
    await rm(old, { recursive: true, force: true });
    await rename(part, place);
  }
}

async function removeOthers(directory: string, now: Date): Promise<void> {
  const entries = await Promise.all(
    (await readdir(directory)).map(async (name) => {
      const path = join(directory, name);
      const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: 0 }));
      return { path, mtimeMs, isUnfinished: name.endsWith('.tmp') };
    }),
  );
  const abandoned = entries.filter(
    ({ isUnfinished, mtimeMs }) => isUnfinished && now.getTime() - mtimeMs > unfinishedMs,
  );
  const old = entries
    .filter(({ isUnfinished }) => !isUnfinished)
    .toSorted((a, b) => b.mtimeMs - a.mtimeMs)
    .slice(kept);
  for (const { path } of [...abandoned, ...old]) await rm(path, { recursive: true, force: true });
}
