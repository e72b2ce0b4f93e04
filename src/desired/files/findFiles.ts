import type { Dirent } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { isWithin, reasonOf } from '../../model/files/readBounded.ts';
import { nameOf, type Root } from './containment.ts';
import { byCodeUnits, quote, escaped, type Problems } from '../problems/problems.ts';

/** The state of a search for YAML files. */
interface Walk {
  readonly root: Root;
  readonly problems: Problems;
  /** The real paths of the files and directories visited so far. */
  readonly seen: Set<string>;
  readonly found: string[];
  readonly links: string[];
}

/**
 * Finds the YAML files of a directory, sorted by path. Skips names that begin with a dot. Links are followed last,
 * inside the directory only, and only to what was not visited before: a ConfigMap's files are found once, and a loop of
 * links ends.
 */
export async function yamlFiles(root: Root, problems: Problems): Promise<readonly string[]> {
  const walk: Walk = { root, problems, seen: new Set(), found: [], links: [] };
  await visitDirectory(root.path, root.real, walk);
  // A link may lead to a directory with more links, which are appended during the loop.
  for (const link of walk.links) await followLink(link, walk);
  return walk.found.toSorted(byCodeUnits);
}

const isYaml = (name: string): boolean => /\.ya?ml$/.test(name);

async function visitDirectory(path: string, real: string, walk: Walk): Promise<void> {
  if (walk.seen.has(real)) return;
  walk.seen.add(real);
  try {
    const entries = await readdir(path, { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => byCodeUnits(a.name, b.name)))
      if (!entry.name.startsWith('.'))
        await visitEntry(entry, within(path, entry.name), within(real, entry.name), walk);
  } catch (error) {
    reportUnreadable(path, reasonOf(error), walk);
  }
}

/** Joins a directory and a name. Cheaper than `join`, which normalizes: this runs for every file in every pass. */
const within = (directory: string, name: string): string =>
  directory.endsWith(sep) ? directory + name : directory + sep + name;

async function visitEntry(entry: Dirent, path: string, real: string, walk: Walk): Promise<void> {
  if (entry.isSymbolicLink()) walk.links.push(path);
  else if (entry.isDirectory()) await visitDirectory(path, real, walk);
  else if (isYaml(entry.name)) addFile(path, real, walk);
}

function addFile(path: string, real: string, { seen, found }: Walk): void {
  if (!seen.has(real)) found.push(path);
  seen.add(real);
}

async function followLink(link: string, walk: Walk): Promise<void> {
  try {
    const real = await realpath(link);
    const directory = (await stat(real)).isDirectory();
    if (!directory && !isYaml(link)) return;
    if (!isWithin(walk.root.real, real)) await refuseOutside(link, walk);
    else if (directory) await visitDirectory(link, real, walk);
    else addFile(link, real, walk);
  } catch (error) {
    if (isYaml(link))
      reportUnreadable(
        link,
        `link leads to ${await targetOf(link)}, which ${reasonOf(error)}`,
        walk,
      );
  }
}

/** The target of a link, as it is written. */
const targetOf = async (link: string): Promise<string> =>
  quote(await readlink(link).catch(() => ''));

async function refuseOutside(link: string, { root, problems }: Walk): Promise<void> {
  const message = `this link leads out of the config directory, to ${await targetOf(link)}`;
  problems.add(startOf(root, link), 'outside-directory', message);
}

function reportUnreadable(path: string, reason: string, { root, problems }: Walk): void {
  problems.add(startOf(root, path), 'unreadable', `this ${reason}`);
}

/** The position of a problem with a whole file. */
export const startOf = (root: Root, path: string) => ({
  file: escaped(nameOf(root.path, path)) || '.',
  line: 1,
  column: 1,
});
