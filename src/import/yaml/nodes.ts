/** The start and the end of a node of the YAML parser, without what follows it; 0 and 0 for a node without a range. */
export function rangeOf(node: unknown): readonly [number, number] {
  const { range } = (node ?? {}) as { range?: readonly [number, number, number] | null };
  return range ? [range[0], range[1]] : [0, 0];
}
