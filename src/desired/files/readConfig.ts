import { reasonOf, type ReadLimits } from '../../model/files/readBounded.ts';
import type { Problem } from '../../model/resource.ts';
import { foundWithin, nameOf, rootOf, type Refusal, type Root } from './containment.ts';
import { collectProblems, shown, type Problems } from '../problems/problems.ts';
import type { Text } from './readText.ts';
import { startOf, yamlFiles } from './findFiles.ts';

/** A YAML file of the config directory. */
export interface ConfigFile<Content = Text> {
  /** Its path from the config directory, with `/`. */
  readonly name: string;
  /** Why it could not be read, where it could not. */
  readonly content: Content | Refusal;
}

/** The YAML of a config directory. */
export interface ConfigFiles<Content = Text> {
  /** Undefined when there is no such directory. */
  readonly root: Root | undefined;
  /** Sorted by name. */
  readonly files: readonly ConfigFile<Content>[];
  readonly problems: readonly Problem[];
}

/** Reads a file. Never rejects. */
export type Reader<Content> = (path: string, limits: ReadLimits) => Promise<Content | Refusal>;

/** Larger ones would take long to parse, and are not configuration. */
export const maxYamlBytes = 4 * 1024 * 1024;
const maxIncludedBytes = 1024 * 1024;

/** All YAML files together, which are in memory at one time: some 300,000 machines. */
const maxTotalBytes = 128 * 1024 * 1024;

/** What is known of a file that was read. */
interface Sized {
  readonly ok: true;
  readonly size: number;
}

/**
 * Reads the YAML files of a directory (`yamlFiles` says which). After a problem it reads everything once more: a file or the
 * directory may have been replaced meanwhile. Never rejects: what is wrong is among the problems.
 */
export async function readConfig<Content extends Sized>(
  directory: string,
  read: Reader<Content>,
): Promise<ConfigFiles<Content>> {
  const first = await readOnce(directory, read);
  return first.problems.length > 0 ? readOnce(directory, read) : first;
}

async function readOnce<Content extends Sized>(
  directory: string,
  read: Reader<Content>,
): Promise<ConfigFiles<Content>> {
  const problems = collectProblems();
  const root = await opened(directory, problems);
  const files = root ? await readYaml(root, read, problems) : [];
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

async function readYaml<Content extends Sized>(
  root: Root,
  read: Reader<Content>,
  problems: Problems,
): Promise<readonly ConfigFile<Content>[]> {
  const files: ConfigFile<Content>[] = [];
  let left = maxTotalBytes;
  for (const path of await yamlFiles(root, problems)) {
    const limits = { maxBytes: maxYamlBytes, within: root.real };
    const content = left > 0 ? await read(path, limits) : tooMuch;
    if (content.ok) left -= content.size;
    else problems.add(startOf(root, path), content.rule, `this file ${content.message}`);
    files.push({ name: nameOf(root.path, path), content });
  }
  if (files.length === 0 && problems.list().length === 0)
    problems.add(startOf(root, root.path), 'no-files', `no YAML files in ${shown(root.path)}`);
  return files;
}

const tooMuch: Refusal = {
  ok: false,
  rule: 'too-large',
  message: `is not read: those before it hold ${maxTotalBytes} bytes together`,
};

/** What a spec takes a text from: a file that is named from the config directory and inside of it. Never rejects. */
export async function readIncluded<Content>(
  root: Root,
  path: string,
  read: Reader<Content>,
  except: readonly string[],
): Promise<Content | Refusal> {
  const place = await foundWithin(root, path);
  return place.ok
    ? read(place.path, { maxBytes: maxIncludedBytes, within: root.real, except })
    : place;
}
