import type { Problem } from '../model/resource.ts';
import { parseDocuments } from './document.ts';
import { againAsSeen, type Seen } from './looks.ts';
import { collectProblems, compare } from './problems.ts';
import { readConfig, readIncluded, type Reader } from './read.ts';
import { readText, sha256 } from './text.ts';
import { textOf, type Node } from './tree.ts';

/** A config directory at one time, as far as it takes to know whether it has changed. */
export interface Files {
  readonly problems: readonly Problem[];
  /**
   * The sha256 of names and bytes of all that matters: YAML, and every file that is named in it as `{ file: }`. As long as
   * it is the same, loading again brings nothing new.
   */
  readonly hash: string;
  /** For the next reading, which then reads only what looks otherwise. */
  readonly seen: { readonly yaml: Seen<YamlPrint>; readonly included: Seen<Print> };
}

/** What is kept of a file. */
interface Print {
  readonly ok: true;
  readonly sha256: string;
}

/** And of a YAML file, with the paths that stand in it as `{ file: PATH }`, whatever for. */
interface YamlPrint extends Print {
  readonly includes: readonly string[];
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
  const yaml = againAsSeen(readYamlPrint, before?.seen.yaml ?? new Map(), since);
  const included = againAsSeen(readPrint, before?.seen.included ?? new Map(), since);
  const { root, files, problems } = await readConfig(directory, yaml.read);
  const prints = files.map(({ name, content }) => [name, printOf(content)]);
  const paths = new Set(files.flatMap(({ content }) => (content.ok ? content.includes : [])));
  if (root)
    for (const path of [...paths].toSorted(compare))
      prints.push([path, printOf(await readIncluded(root, path, included.read))]);
  return {
    problems,
    hash: sha256(JSON.stringify(prints)),
    seen: { yaml: yaml.seen, included: included.seen },
  };
}

const printOf = (content: Awaited<ReturnType<Reader<Print>>>): string =>
  content.ok ? content.sha256 : content.message;

const readPrint: Reader<Print> = async (path, maxBytes) => {
  const text = await readText(path, maxBytes);
  return text.ok ? { ok: true, sha256: text.sha256 } : text;
};

const readYamlPrint: Reader<YamlPrint> = async (path, maxBytes) => {
  const text = await readText(path, maxBytes);
  return text.ok ? { ok: true, sha256: text.sha256, includes: includedIn(text.text) } : text;
};

function includedIn(text: string): readonly string[] {
  const paths = new Set<string>();
  const seen = new Set<Node>();
  if (mayInclude.test(text))
    for (const { root } of parseDocuments('', text, collectProblems()))
      if (root) collect(root, paths, seen);
  return [...paths];
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
