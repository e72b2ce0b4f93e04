import type { Dirent } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { isWithin, reasonOf } from '../../model/files/readBounded.ts';
import { nameOf, type Root } from './containment.ts';
import { compare, quote, shown, type Problems } from '../problems/problems.ts';

/** What a walk has met so far. */
interface Walk {
  readonly root: Root;
  readonly problems: Problems;
  /** The real paths of files and directories that were met. */
  readonly seen: Set<string>;
  readonly found: string[];
  readonly links: string[];
}

/**
 * The paths of the YAML files of a directory, sorted. What begins with a dot is passed over. Links come last, are followed inside
 * the directory only, and bring nothing that was met already: so a ConfigMap's files are found once, and no loop is without end.
 */
export async function yamlFiles(root: Root, problems: Problems): Promise<readonly string[]> {
  const walk: Walk = { root, problems, seen: new Set(), found: [], links: [] };
  await enter(root.path, root.real, walk);
  // A link may lead to a directory with more of them, which are added meanwhile.
  for (const link of walk.links) await follow(link, walk);
  return walk.found.toSorted(compare);
}

const isYaml = (name: string): boolean => /\.ya?ml$/.test(name);

async function enter(path: string, real: string, walk: Walk): Promise<void> {
  if (walk.seen.has(real)) return;
  walk.seen.add(real);
  try {
    const entries = await readdir(path, { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => compare(a.name, b.name)))
      if (!entry.name.startsWith('.'))
        await meet(entry, within(path, entry.name), within(real, entry.name), walk);
  } catch (error) {
    refuse(path, reasonOf(error), walk);
  }
}

/** `join` for a directory's path and the name of what is in it, in every pass for every file: neither has anything to tidy. */
const within = (directory: string, name: string): string =>
  directory.endsWith(sep) ? directory + name : directory + sep + name;

async function meet(entry: Dirent, path: string, real: string, walk: Walk): Promise<void> {
  if (entry.isSymbolicLink()) walk.links.push(path);
  else if (entry.isDirectory()) await enter(path, real, walk);
  else if (isYaml(entry.name)) find(path, real, walk);
}

function find(path: string, real: string, { seen, found }: Walk): void {
  if (!seen.has(real)) found.push(path);
  seen.add(real);
}

async function follow(link: string, walk: Walk): Promise<void> {
  try {
    const real = await realpath(link);
    const directory = (await stat(real)).isDirectory();
    if (!directory && !isYaml(link)) return;
    if (!isWithin(walk.root.real, real)) await refuseOutside(link, walk);
    else if (directory) await enter(link, real, walk);
    else find(link, real, walk);
  } catch (error) {
    if (isYaml(link))
      refuse(link, `link leads to ${await targetOf(link)}, which ${reasonOf(error)}`, walk);
  }
}

/** Where a link leads, in the words in which it says so. */
const targetOf = async (link: string): Promise<string> =>
  quote(await readlink(link).catch(() => ''));

async function refuseOutside(link: string, { root, problems }: Walk): Promise<void> {
  const message = `this link leads out of the config directory, to ${await targetOf(link)}`;
  problems.add(startOf(root, link), 'outside-directory', message);
}

function refuse(path: string, reason: string, { root, problems }: Walk): void {
  problems.add(startOf(root, path), 'unreadable', `this ${reason}`);
}

/** Where a problem with a file as a whole is said to be. */
export const startOf = (root: Root, path: string) => ({
  file: shown(nameOf(root.path, path)) || '.',
  line: 1,
  column: 1,
});
