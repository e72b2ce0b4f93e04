import { isMap, isScalar, LineCounter, parseAllDocuments, type Pair } from 'yaml';

/**
 * Finds the resource at a position of a YAML text (line and column from 1), and its field if the position is in one.
 */
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
  const startsBefore = (pair: Pair): boolean => placeOf(pair).line <= line;
  const top = pairsIn(documents.map(({ contents }) => contents)).findLast(startsBefore);
  const entry = pairsIn([top?.value]).findLast(startsBefore);
  const field = pairsIn([entry?.value]).findLast(
    (pair) => startsBefore(pair) && (placeOf(pair).line < line || placeOf(pair).col <= column),
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
