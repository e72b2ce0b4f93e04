import type { Graph } from '../../model/pass/graph.ts';
import { splitAddress, type Address } from '../../model/resource.ts';

/** Part of a graph: resources of a kind, or with a text in their address. */
export interface GraphQuery {
  readonly kind: string | undefined;
  readonly text: string | undefined;
}

/** Selects the matching resources, and those that a reference ties to one of them. Pure. */
export function selectGraph(graph: Graph, { kind, text }: GraphQuery): Graph {
  if (kind === undefined && text === undefined) return graph;
  const wanted = text?.toLowerCase() ?? '';
  const matching = new Set(
    graph.nodes.flatMap(({ address }) =>
      (kind === undefined || splitAddress(address).kind === kind) &&
      address.toLowerCase().includes(wanted)
        ? [address]
        : [],
    ),
  );
  const edges = graph.edges.filter(({ from, to }) => matching.has(from) || matching.has(to));
  const shown = new Set([...matching, ...edges.flatMap(({ from, to }) => [from, to])]);
  return { nodes: graph.nodes.filter(({ address }) => shown.has(address)), edges };
}

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
