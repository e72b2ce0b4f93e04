import { isMap, isScalar, LineCounter, parseAllDocuments, type Pair } from 'yaml';

/** The resource that stands at a place of a YAML text, counted from 1, and its field where the place is in one. */
export function entryAt(
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
): { readonly kind: string; readonly name: string; readonly field?: string } | undefined {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    schema: 'core',
    uniqueKeys: false,
    logLevel: 'silent',
    lineCounter: lines,
  });
  const placeOf = ({ key }: Pair) => lines.linePos(offsetOf(key));
  const starts = (pair: Pair): boolean => placeOf(pair).line <= line;
  const top = pairsIn(documents.map(({ contents }) => contents)).findLast(starts);
  const entry = pairsIn([top?.value]).findLast(starts);
  const field = pairsIn([entry?.value]).findLast(
    (pair) => starts(pair) && (placeOf(pair).line < line || placeOf(pair).col <= column),
  );
  return top && entry
    ? { kind: textOf(top.key), name: textOf(entry.key), ...(field && { field: textOf(field.key) }) }
    : undefined;
}

const pairsIn = (nodes: readonly unknown[]): readonly Pair[] =>
  nodes.flatMap((node) => (isMap(node) ? node.items : []));

const offsetOf = (key: unknown): number =>
  (key as { range?: readonly [number, number, number] | null } | null)?.range?.[0] ?? 0;

const textOf = (key: unknown): string => (isScalar(key) ? String(key.value) : '');
