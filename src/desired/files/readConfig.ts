import { reasonOf, type ReadLimits } from '../../model/files/readBounded.ts';
import type { Problem } from '../../model/resource.ts';
import { resolveInside, nameOf, rootOf, type Refusal, type Root } from './containment.ts';
import { collectProblems, escaped, type Problems } from '../problems/problems.ts';
import type { Text } from './readText.ts';
import { startOf, yamlFiles } from './findFiles.ts';

/** A YAML file of the config directory. */
export interface ConfigFile<Content = Text> {
  /** Its path relative to the config directory, with `/`. */
  readonly name: string;
  /** The content, or why it could not be read. */
  readonly content: Content | Refusal;
}

/** The YAML of a config directory. */
export interface ConfigFiles<Content = Text> {
  /** Undefined if the directory does not exist. */
  readonly root: Root | undefined;
  /** Sorted by name. */
  readonly files: readonly ConfigFile<Content>[];
  readonly problems: readonly Problem[];
}

/** Reads a file. Never rejects. */
export type Reader<Content> = (path: string, limits: ReadLimits) => Promise<Content | Refusal>;

/** A larger file would take long to parse, and is not configuration. */
export const maxYamlBytes = 4 * 1024 * 1024;
const maxIncludedBytes = 1024 * 1024;

/** The limit for all YAML files together, which are in memory at the same time: about 300,000 machines. */
const maxTotalBytes = 128 * 1024 * 1024;

/** A file that was read, with its size in bytes. */
interface Sized {
  readonly ok: true;
  readonly size: number;
}

/**
 * Reads the YAML files of a directory (selected by `yamlFiles`). After a problem it reads everything once more, because
 * a file or the directory may have been replaced meanwhile. Never rejects: failures are among the problems.
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
  const root = await openRoot(directory, problems);
  const files = root ? await readYaml(root, read, problems) : [];
  return { root, files, problems: problems.list() };
}

async function openRoot(directory: string, problems: Problems): Promise<Root | undefined> {
  try {
    return await rootOf(directory);
  } catch (error) {
    const message = `the config directory ${escaped(directory)} ${reasonOf(error)}`;
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
  let remainingBytes = maxTotalBytes;
  for (const path of await yamlFiles(root, problems)) {
    const limits = { maxBytes: maxYamlBytes, within: root.real };
    const content = remainingBytes > 0 ? await read(path, limits) : tooMuch;
    if (content.ok) remainingBytes -= content.size;
    else problems.add(startOf(root, path), content.rule, `this file ${content.message}`);
    files.push({ name: nameOf(root.path, path), content });
  }
  if (files.length === 0 && problems.list().length === 0)
    problems.add(startOf(root, root.path), 'no-files', `no YAML files in ${escaped(root.path)}`);
  return files;
}

const tooMuch: Refusal = {
  ok: false,
  rule: 'too-large',
  message: `is not read: those before it hold ${maxTotalBytes} bytes together`,
};

/** Reads a file that a spec names, relative to the config directory and inside it. Never rejects. */
export async function readIncluded<Content>(
  root: Root,
  path: string,
  read: Reader<Content>,
  except: readonly string[],
): Promise<Content | Refusal> {
  const place = await resolveInside(root, path);
  return place.ok
    ? read(place.path, { maxBytes: maxIncludedBytes, within: root.real, except })
    : place;
}
