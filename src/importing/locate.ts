import { isMap, isScalar, LineCounter, parseAllDocuments, type Pair } from 'yaml';

/** The resource that stands at a line of a YAML text, counted from 1. */
export function entryAt(
  text: string,
  line: number,
): { readonly kind: string; readonly name: string } | undefined {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    schema: 'core',
    uniqueKeys: false,
    logLevel: 'silent',
    lineCounter: lines,
  });
  const lineOf = ({ key }: Pair): number => lines.linePos(offsetOf(key)).line;
  const tops = pairsIn(documents.map(({ contents }) => contents));
  const top = tops.findLast((pair) => lineOf(pair) <= line);
  const entry = pairsIn([top?.value]).findLast((pair) => lineOf(pair) <= line);
  return top && entry ? { kind: textOf(top.key), name: textOf(entry.key) } : undefined;
}

const pairsIn = (nodes: readonly unknown[]): readonly Pair[] =>
  nodes.flatMap((node) => (isMap(node) ? node.items : []));

const offsetOf = (key: unknown): number =>
  (key as { range?: readonly [number, number, number] | null } | null)?.range?.[0] ?? 0;

const textOf = (key: unknown): string => (isScalar(key) ? String(key.value) : '');
