import { expect, test } from 'vitest';
import { selectGraph, type Graph } from '../../../src/model/pass/graph.ts';
import type { Address } from '../../../src/model/resource.ts';

const edge = (from: Address, to: Address) => ({ from, to, path: 'network' });
const graph: Graph = {
  nodes: (['machines/a', 'machines/b', 'privateNetworks/x', 'projects/p'] as const).map(
    (address) => ({ address, declared: true }),
  ),
  edges: [edge('machines/a', 'privateNetworks/x'), edge('machines/b', 'privateNetworks/x')],
};

test.each([
  [undefined, undefined, 'machines/a machines/b privateNetworks/x projects/p', 'everything'],
  ['projects', undefined, 'projects/p', 'a kind'],
  ['machines', undefined, 'machines/a machines/b privateNetworks/x', 'with what they name'],
  [undefined, 'X', 'machines/a machines/b privateNetworks/x', 'with what names them'],
  ['machines', 'a', 'machines/a machines/b privateNetworks/x', 'machines has an a'],
  ['machines', '/a', 'machines/a privateNetworks/x', 'both at once'],
])('kind %s and text %s select %s: %s', (kind, text, expected, _because) => {
  const { nodes } = selectGraph(graph, { kind, text });
  expect(nodes.map(({ address }) => address).join(' ')).toBe(expected);
});
