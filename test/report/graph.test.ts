import { expect, test } from 'vitest';
import { graphOf } from '../../src/reconcile/report/referenceGraph.ts';
import { toDot, toMermaid } from '../../src/report/graphText.ts';
import { toSvg } from '../../src/report/graphSvg.ts';
import { catalog, declared, live, want } from '../support/team.ts';

const config = {
  apiVersion: 'v1',
  image: 'i',
  resources: { machineType: 'C5', ports: [80] },
  containerRegistry: 'ghcr',
  env: [{ name: 'A', value: 'secret:TOKEN' }],
};
const registry = want('containerRegistries', 'ghcr', {});
const machine = want('machines', 'a "b" \\N\n<c>', {
  network: declared('privateNetworks', 'n'),
  template: live('osTemplates', 'Ubuntu'),
});
const team = [
  want('privateNetworks', 'n', {}),
  machine,
  want('startupScripts', 's', {
    assignedMachines: [declared('machines', machine.name), declared('machines', machine.name)],
  }),
];
const graph = graphOf(catalog.kinds, team);

test('a graph has the declared resources, the resources they refer to, and each reference once', () => {
  const deployed = [
    want('deployments', 'd', { project: { by: 'id', kind: 'projects', id: 'p1' }, config }),
  ];
  expect(graphOf(catalog.kinds, deployed)).toEqual({
    nodes: [
      { address: 'deployments/d', declared: true },
      { address: 'projects/p1', declared: false },
    ],
    edges: [{ from: 'deployments/d', to: 'projects/p1', path: 'project' }],
  });
  const edges = graphOf(catalog.kinds, [...deployed, registry]).edges.map(({ to }) => to);
  expect(edges).toEqual(['projects/p1', 'containerRegistries/ghcr']);
});

test('renders as Mermaid', () => {
  expect(toMermaid(graph)).toBe(`flowchart LR
  n0["privateNetworks/n"]
  n1["machines/a #34;b#34; #92;N#92;u000a#60;c#62;"]
  n2["startupScripts/s"]
  n3["osTemplates/Ubuntu"]:::live
  n1 -- "network" --> n0
  n1 -- "template" --> n3
  n2 -- "assignedMachines" --> n1
  classDef live stroke-dasharray: 4
`);
});

test('renders for Graphviz', () => {
  expect(toDot(graph)).toBe(String.raw`digraph holdfast {
  rankdir=LR;
  node [shape=box];
  n0 [label="privateNetworks/n"];
  n1 [label="machines/a \"b\" \\N\\u000a<c>"];
  n2 [label="startupScripts/s"];
  n3 [label="osTemplates/Ubuntu", style=dashed];
  n1 -> n0 [label="network"];
  n1 -> n3 [label="template"];
  n2 -> n1 [label="assignedMachines"];
}
`);
});

test('renders as SVG: a box per resource, an arrow and a field per reference', () => {
  const svg = toSvg(graph);
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d/);
  expect([...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, shown]) => shown)).toEqual([
    'network',
    'template',
    'assignedMachines',
    'privateNetworks/n',
    String.raw`machines/a &#34;b&#34; \N\u000a&#60;c&#62;`,
    'startupScripts/s',
    'osTemplates/Ubuntu',
  ]);
  expect(svg.match(/<rect /g)).toHaveLength(4);
  expect(svg.match(/stroke-dasharray/g)).toHaveLength(1);
  expect(svg.match(/marker-end/g)).toHaveLength(3);
  expect(svg).not.toContain('NaN');
  expect(toSvg({ nodes: [], edges: [] })).toMatch(/<svg [^]*<\/svg>\n$/);
});

test('draws references to itself, and two references to the same resource', () => {
  const address = 'machines/a' as const;
  const nodes = [{ address, declared: true }];
  const edges = ['x', 'y'].map((path) => ({ from: address, to: address, path }));
  const drawn = toSvg({ nodes, edges }).match(/class="edge".*/g);
  expect([drawn?.length, new Set(drawn).size]).toEqual([2, 2]);
});
