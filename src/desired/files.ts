import type { Problem } from '../model/resource.ts';
import { parseDocuments } from './document.ts';
import { collectProblems, compare } from './problems.ts';
import { readConfig, readIncluded, type ConfigFiles } from './read.ts';
import { sha256, type SeenTexts, type Text } from './text.ts';
import { textOf, type Node } from './tree.ts';

/** The texts of a config directory at one time. */
export interface Files {
  /** YAML by name; a file that could not be read is not there. */
  readonly texts: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
  /**
   * The sha256 of names and bytes of all that matters: YAML, and every file that is named in it as `{ file: }`. As long as
   * it is the same, loading again brings nothing new.
   */
  readonly hash: string;
  /** For the next reading, which then reads only what looks otherwise. */
  readonly seen: SeenTexts;
}

/**
 * Reads a config directory without looking into what it declares; of files that look as they did in the reading `before`, not even
 * the bytes. Never rejects: what is wrong is among the problems.
 */
export async function readFiles(
  directory: string,
  before?: Files,
  since = Date.now(),
): Promise<Files> {
  const reading = { before: before?.seen ?? new Map(), since, now: new Map() };
  const config = await readConfig(directory, reading);
  const prints = config.files.map(({ name, content }) => [name, printOf(content)]);
  if (config.root)
    for (const path of [...includedBy(config)].toSorted(compare))
      prints.push([path, printOf(await readIncluded(config.root, path, reading))]);
  return {
    texts: new Map(
      config.files.flatMap(({ name, content }) => (content.ok ? [[name, content.text]] : [])),
    ),
    problems: config.problems,
    hash: sha256(JSON.stringify(prints)),
    seen: reading.now,
  };
}

const printOf = (content: Awaited<ReturnType<typeof readIncluded>>): string =>
  content.ok ? content.sha256 : content.message;

/** The paths that stand in YAML as `{ file: PATH }`, whatever for. */
const includedBy = ({ files }: ConfigFiles): ReadonlySet<string> =>
  new Set(files.flatMap(({ name, content }) => (content.ok ? [...includedIn(name, content)] : [])));

const included = new WeakMap<Text, ReadonlySet<string>>();

/** Those of one file; of a text that is still the same, those found in it before. */
function includedIn(name: string, text: Text): ReadonlySet<string> {
  const known = included.get(text);
  if (known) return known;
  const paths = new Set<string>();
  const seen = new Set<Node>();
  if (mayInclude.test(text.text))
    for (const { root } of parseDocuments(name, text.text, collectProblems()))
      if (root) collect(root, paths, seen);
  included.set(text, paths);
  return paths;
}

/** The key as it is, or with an escape in it: most files need not be parsed to know that they include nothing. */
const mayInclude = /file|\\/;

function collect(node: Node, paths: Set<string>, seen: Set<Node>): void {
  if (node.type === 'scalar' || seen.has(node)) return;
  seen.add(node);
  const path = node.type === 'map' ? textOf(node.entries.get('file')?.value) : undefined;
  if (path !== undefined) paths.add(path);
  const children =
    node.type === 'list' ? node.items : [...node.entries.values()].map(({ value }) => value);
  for (const child of children) collect(child, paths, seen);
}
