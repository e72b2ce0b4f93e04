import type { Graph } from '../../model/pass/graph.ts';
import type { Kinds } from '../../model/kind.ts';
import type { Desired } from '../../model/resource.ts';
import { linksOf } from '../plan/relations/references.ts';

/** The declared resources, in their order, then what they refer to and is not declared; mentions count where they name a declared one. */
export function graphOf(kinds: Kinds, resources: readonly Desired[]): Graph {
  const declared = new Set(resources.map(({ address }) => address));
  const edges = resources.flatMap((one) =>
    linksOf(kinds, one).flatMap(({ path, to, mentioned }) =>
      mentioned && !declared.has(to) ? [] : [{ from: one.address, to, path }],
    ),
  );
  const others = new Set(edges.map(({ to }) => to)).difference(declared);
  return {
    nodes: [
      ...[...declared].map((address) => ({ address, declared: true })),
      ...[...others].map((address) => ({ address, declared: false })),
    ],
    edges,
  };
}
