import type { Problem } from '../model/resource.ts';
import { foundWithin, nameOf, rootOf, type Refusal, type Root } from './inside.ts';
import { collectProblems, shown, type Problems } from './problems.ts';
import { readText, reasonOf, type Reading, type Text } from './text.ts';
import { startOf, yamlFiles } from './walk.ts';

/** A YAML file of the config directory. */
export interface ConfigFile {
  /** Its path from the config directory, with `/`. */
  readonly name: string;
  /** Why it could not be read, where it could not. */
  readonly content: Text | Refusal;
}

/** The YAML of a config directory. */
export interface ConfigFiles {
  /** Undefined when there is no such directory. */
  readonly root: Root | undefined;
  /** Sorted by name. */
  readonly files: readonly ConfigFile[];
  readonly problems: readonly Problem[];
}

/** Larger ones would take long to parse, and are not configuration. */
const maxYamlBytes = 4 * 1024 * 1024;
const maxIncludedBytes = 1024 * 1024;

/**
 * Reads the YAML files of a directory (`yamlFiles` says which). What cannot be read has everything read once more: it may
 * have vanished meanwhile. Never rejects: what is wrong is among the problems.
 */
export async function readConfig(directory: string, reading?: Reading): Promise<ConfigFiles> {
  const first = await readOnce(directory, reading);
  return first.problems.some(({ rule }) => rule === 'unreadable')
    ? readOnce(directory, reading)
    : first;
}

async function readOnce(directory: string, reading?: Reading): Promise<ConfigFiles> {
  const problems = collectProblems();
  const root = await opened(directory, problems);
  const files = root ? await readYaml(root, problems, reading) : [];
  return { root, files, problems: problems.list() };
}

async function opened(directory: string, problems: Problems): Promise<Root | undefined> {
  try {
    return await rootOf(directory);
  } catch (error) {
    const message = `the config directory ${shown(directory)} ${reasonOf(error)}`;
    problems.add({ file: '.', line: 1, column: 1 }, 'unreadable', message);
    return undefined;
  }
}

async function readYaml(
  root: Root,
  problems: Problems,
  reading?: Reading,
): Promise<readonly ConfigFile[]> {
  const files: ConfigFile[] = [];
  for (const path of await yamlFiles(root, problems)) {
    const content = await readText(path, maxYamlBytes, reading);
    if (!content.ok) problems.add(startOf(root, path), content.rule, content.message);
    files.push({ name: nameOf(root.path, path), content });
  }
  if (files.length === 0 && problems.list().length === 0)
    problems.add(startOf(root, root.path), 'no-files', `no YAML files in ${shown(root.path)}`);
  return files;
}

/** A text that a spec takes from a file, named from the config directory and inside of it. Never rejects. */
export async function readIncluded(
  root: Root,
  path: string,
  reading?: Reading,
): Promise<Text | Refusal> {
  const place = await foundWithin(root, path);
  return place.ok ? readText(place.path, maxIncludedBytes, reading) : place;
}
