import { splitAddress, type Address } from '../resource.ts';

/** The declared resources and everything that they reference. */
export interface Graph {
  readonly nodes: readonly { readonly address: Address; readonly declared: boolean }[];
  /** References. `path` is the field of `from` that names `to`. */
  readonly edges: readonly {
    readonly from: Address;
    readonly to: Address;
    readonly path: string;
  }[];
}

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
