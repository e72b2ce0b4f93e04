import type { Graph } from '../../model/pass/graph.ts';
import { splitAddress, type Address } from '../../model/resource.ts';

/** A graph of kinds, for a graph that is too large to draw. The name of each node is the number of its resources. */
export function collapseByKind({ nodes, edges }: Graph): Graph {
  const counts = Map.groupBy(nodes, ({ address }) => splitAddress(address).kind);
  const nodeOf = (address: Address): Address => {
    const { kind } = splitAddress(address);
    return `${kind}/${counts.get(kind)?.length ?? 0}`;
  };
  const collapsed = new Map(
    edges.map(({ from, to, path }) => {
      const edge = { from: nodeOf(from), to: nodeOf(to), path };
      return [`${edge.from} ${path} ${edge.to}`, edge] as const;
    }),
  );
  return {
    nodes: [...counts].map(([kind, { length }]) => ({
      address: `${kind}/${length}` as const,
      declared: true,
    })),
    edges: [...collapsed.values()],
  };
}
