import type { Spec } from '../model/resource.ts';
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

/**
 * The texts of the files that change when entries are added to those that are there, and where each went. A file to which a kind cannot
 * be added safely stays as it is, and another one beside it gets the entries: `machines-imported.yaml`.
 */
export function fileEntries(
  entries: readonly NewEntry[],
  layout: Layout,
  textOf: (file: string) => string | undefined,
): { readonly texts: ReadonlyMap<string, string>; readonly filed: readonly Filed[] } {
  const texts = new Map<string, string>();
  const filed: Filed[] = [];
  for (const [kind, group] of Map.groupBy(entries, (entry) => entry.kind)) {
    const inOrder = group.toSorted((a, b) => byName.compare(a.name, b.name));
    const specs = Object.fromEntries(inOrder.map(({ name, spec }) => [name, spec]));
    for (const file of candidates(layout === 'single' ? 'team' : kind)) {
      const before = texts.get(file) ?? textOf(file);
      const text = addEntries(before ?? '', kind, specs);
      if (text === undefined && before === undefined)
        throw new Error(`${kind} cannot be written as YAML`);
      if (text === undefined) continue;
      texts.set(file, text);
      filed.push(...inOrder.map((entry) => ({ ...entry, file })));
      break;
    }
  }
  return { texts, filed };
}

/** `worker-2` comes before `worker-10`. */
const byName = new Intl.Collator('en', { numeric: true });

/** The names that a file may have, the next one where all before it are out of the question. */
function* candidates(stem: string): Generator<string> {
  yield `${stem}.yaml`;
  yield `${stem}-imported.yaml`;
  for (let count = 2; ; count += 1) yield `${stem}-imported-${count}.yaml`;
}
