import type { Graph } from '../../model/pass/graph.ts';
import type { Kinds } from '../../model/kind/kind.ts';
import type { Desired } from '../../model/resource.ts';
import { referencesOf } from '../plan/relations/references.ts';

/**
 * Makes the graph of references. Nodes: the declared resources in their order, then the referenced resources that are
 * not declared. Edges: all references, and soft references to declared resources.
 */
export function graphOf(kinds: Kinds, resources: readonly Desired[]): Graph {
  const declared = new Set(resources.map(({ address }) => address));
  const edges = resources.flatMap((resource) =>
    referencesOf(kinds, resource).flatMap(({ path, to, mentioned }) =>
      mentioned && !declared.has(to) ? [] : [{ from: resource.address, to, path }],
    ),
  );
  const undeclared = new Set(edges.map(({ to }) => to)).difference(declared);
  return {
    nodes: [
      ...[...declared].map((address) => ({ address, declared: true })),
      ...[...undeclared].map((address) => ({ address, declared: false })),
    ],
    edges,
  };
}
