import { expect, test } from 'vitest';
import { collapseByKind } from '../../../src/dashboard/findings/collapseByKind.ts';
import type { Graph } from '../../../src/model/pass/graph.ts';
import type { Address } from '../../../src/model/resource.ts';

const edge = (from: Address, to: Address) => ({ from, to, path: 'network' });
const graph: Graph = {
  nodes: (['machines/a', 'machines/b', 'privateNetworks/x', 'projects/p'] as const).map(
    (address) => ({ address, declared: true }),
  ),
  edges: [edge('machines/a', 'privateNetworks/x'), edge('machines/b', 'privateNetworks/x')],
};

test('a large graph has one node for each kind, and each reference between kinds once', () => {
  expect(collapseByKind(graph)).toEqual({
    nodes: [
      { address: 'machines/2', declared: true },
      { address: 'privateNetworks/1', declared: true },
      { address: 'projects/1', declared: true },
    ],
    edges: [edge('machines/2', 'privateNetworks/1')],
  });
});
