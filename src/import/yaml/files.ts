import type { Spec } from '../../model/resource.ts';
import { addEntries } from './merge.ts';

/** `kind`: one file for each kind; `single`: one file for all. */
export const layouts = ['kind', 'single'] as const;
export type Layout = (typeof layouts)[number];

/** A resource to add to YAML. */
export interface NewEntry {
  readonly kind: string;
  readonly name: string;
  readonly spec: Spec;
}

/** An entry, and its file. */
export interface Filed extends NewEntry {
  readonly file: string;
}

/** The rules by which entries are distributed to files. */
export interface Filing {
  readonly layout: Layout;
  /** The maximum size of a file, so that it can be read back. */
  readonly maxBytes: number;
  /** The current text of a file; undefined if it does not exist. */
  readonly textOf: (file: string) => string | undefined;
}

/**
 * Adds entries to files. Returns the texts of the changed files, and the file of each entry. If a kind cannot be added
 * safely to a file, or the file would become too large, the entries go to another file beside it, such as
 * `machines-imported.yaml`.
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
    const target = placeFor(kind, part, { stem, maxBytes, textOf: current });
    if (!target) return halvesOf(part).forEach((half) => add(kind, half));
    texts.set(target.file, target.text);
    filed.push(...part.map((entry) => ({ ...entry, file: target.file })));
  };
  for (const [kind, group] of Map.groupBy(entries, (entry) => entry.kind)) {
    const inOrder = group.toSorted((a, b) => byName.compare(a.name, b.name));
    for (const part of partsOf(inOrder, maxBytes * 0.7)) add(kind, part);
  }
  return { texts, filed };
}

/** The first file that can take the entries, with its new text; undefined if there are too many even for a new file. */
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

/** Splits entries into parts of about so many bytes. An entry that is larger is a part of its own. */
function partsOf(entries: readonly NewEntry[], bytes: number): readonly (readonly NewEntry[])[] {
  const parts: NewEntry[][] = [];
  let remainingBytes = 0;
  for (const entry of entries) {
    const size = sizeOf([entry]);
    const last = parts.at(-1);
    if (last && size <= remainingBytes) last.push(entry);
    else parts.push([entry]);
    remainingBytes = (last && size <= remainingBytes ? remainingBytes : bytes) - size;
  }
  return parts;
}

/** The approximate size of entries in YAML, in bytes. */
const sizeOf = (entries: readonly NewEntry[]): number => JSON.stringify(entries).length;

/** Sorts `worker-2` before `worker-10`. */
const byName = new Intl.Collator('en', { numeric: true });

/** The possible names of a file, in order of preference. */
function* candidates(stem: string): Generator<string> {
  yield `${stem}.yaml`;
  yield `${stem}-imported.yaml`;
  for (let count = 2; ; count += 1) yield `${stem}-imported-${count}.yaml`;
}
