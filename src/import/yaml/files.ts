import type { Spec } from '../../model/resource.ts';
import { addEntries } from './merge.ts';

/** One file a kind, or all in one. */
export const layouts = ['kind', 'single'] as const;
export type Layout = (typeof layouts)[number];

/** A resource as it is added to YAML. */
export interface NewEntry {
  readonly kind: string;
  readonly name: string;
  readonly spec: Spec;
}

/** An entry, and the file that it went to. */
export interface Filed extends NewEntry {
  readonly file: string;
}

/** Where entries go. */
export interface Filing {
  readonly layout: Layout;
  /** No file becomes larger, so that each can be read back. */
  readonly maxBytes: number;
  /** The text of a file; undefined where there is none. */
  readonly textOf: (file: string) => string | undefined;
}

/**
 * The texts of the files that change when entries are added to those that are there, and where each went. A file to which a kind cannot
 * be added safely, or that would become too large, stays as it is, and another one beside it gets the entries: `machines-imported.yaml`.
 */
export function fileEntries(
  entries: readonly NewEntry[],
  { layout, maxBytes, textOf }: Filing,
): { readonly texts: ReadonlyMap<string, string>; readonly filed: readonly Filed[] } {
  const texts = new Map<string, string>();
  const filed: Filed[] = [];
  const current = (file: string): string | undefined => texts.get(file) ?? textOf(file);
  const add = (kind: string, part: readonly NewEntry[]): void => {
    const stem = layout === 'single' ? 'team' : kind;
    const place = placeFor(kind, part, { stem, maxBytes, textOf: current });
    if (!place) return halvesOf(part).forEach((half) => add(kind, half));
    texts.set(place.file, place.text);
    filed.push(...part.map((entry) => ({ ...entry, file: place.file })));
  };
  for (const [kind, group] of Map.groupBy(entries, (entry) => entry.kind)) {
    const inOrder = group.toSorted((a, b) => byName.compare(a.name, b.name));
    for (const part of partsOf(inOrder, maxBytes * 0.7)) add(kind, part);
  }
  return { texts, filed };
}

/** The first file that can take the entries, and its text with them; undefined when they are too many even for a new one. */
function placeFor(
  kind: string,
  entries: readonly NewEntry[],
  { stem, maxBytes, textOf }: Pick<Filing, 'maxBytes' | 'textOf'> & { readonly stem: string },
): { readonly file: string; readonly text: string } | undefined {
  const specs = Object.fromEntries(entries.map(({ name, spec }) => [name, spec]));
  for (const file of candidates(stem)) {
    const before = textOf(file);
    if (before !== undefined && before.length + sizeOf(entries) > maxBytes) continue;
    const text = addEntries(before ?? '', kind, specs);
    if (text !== undefined && Buffer.byteLength(text) <= maxBytes) return { file, text };
    if (before === undefined) return undefined;
  }
  return undefined;
}

function halvesOf(entries: readonly NewEntry[]): readonly (readonly NewEntry[])[] {
  const half = Math.ceil(entries.length / 2);
  if (half === entries.length) throw new Error('an entry cannot be written as YAML');
  return [entries.slice(0, half), entries.slice(half)];
}

/** The entries in parts that have about that many bytes each, or are a single entry. */
function partsOf(entries: readonly NewEntry[], bytes: number): readonly (readonly NewEntry[])[] {
  const parts: NewEntry[][] = [];
  let left = 0;
  for (const entry of entries) {
    const size = sizeOf([entry]);
    const last = parts.at(-1);
    if (last && size <= left) last.push(entry);
    else parts.push([entry]);
    left = (last && size <= left ? left : bytes) - size;
  }
  return parts;
}

/** About as many bytes as entries have in YAML. */
const sizeOf = (entries: readonly NewEntry[]): number => JSON.stringify(entries).length;

/** `worker-2` comes before `worker-10`. */
const byName = new Intl.Collator('en', { numeric: true });

/** The names that a file may have, the next one where all before it are out of the question. */
function* candidates(stem: string): Generator<string> {
  yield `${stem}.yaml`;
  yield `${stem}-imported.yaml`;
  for (let count = 2; ; count += 1) yield `${stem}-imported-${count}.yaml`;
}
