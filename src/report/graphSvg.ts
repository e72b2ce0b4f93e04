import { Graph as Layout, layout } from '@dagrejs/dagre';
import type { Graph } from '../model/pass/graph.ts';
import { visible } from '../model/text/visible.ts';
import { idsOf } from './graphText.ts';

/** Sizes in pixels. A letter is as wide as the widest one of a monospaced font of this size. */
const letter = 7.3;
const height = 28;
const margin = 12;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Renders the graph as a standalone SVG. Undeclared resources are dashed. */
export function toSvg(graph: Graph): string {
  const graphLayout = layoutOf(graph);
  const id = idsOf(graph);
  const size = graphLayout.graph();
  const nodes = graph.nodes.map(({ address, declared }) =>
    box(graphLayout.node(id(address)), address, declared),
  );
  const edges = graph.edges.map(({ from, to }, index) => {
    const { points } = graphLayout.edge(id(from), id(to), String(index)) as {
      points: readonly Point[];
    };
    return line(points);
  });
  const fields = graph.edges.map(({ from, to, path }, index) =>
    text(graphLayout.edge(id(from), id(to), String(index)) as Point, path, 'field'),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${area(size)} font-family="monospace" font-size="12">`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#667"/></marker></defs>',
    '<style>text{text-anchor:middle;dominant-baseline:central;fill:#223}.field{fill:#667;font-size:10px}rect{fill:#fff;stroke:#446}path.edge{fill:none;stroke:#667}</style>',
    ...edges,
    ...fields,
    ...nodes,
    '</svg>',
    '',
  ].join('\n');
}

function layoutOf(graph: Graph) {
  const graphLayout = new Layout({ multigraph: true });
  const id = idsOf(graph);
  graphLayout.setGraph({
    rankdir: 'LR',
    nodesep: 16,
    ranksep: 40,
    marginx: margin,
    marginy: margin,
  });
  for (const { address } of graph.nodes)
    graphLayout.setNode(id(address), { width: widthOf(address) + 2 * margin, height });
  for (const [index, { from, to, path }] of graph.edges.entries())
    graphLayout.setEdge(
      id(from),
      id(to),
      { width: widthOf(path), height: 12, labelpos: 'c' },
      String(index),
    );
  layout(graphLayout);
  return graphLayout;
}

const widthOf = (label: string): number => visible(label).length * letter;

const area = ({ width = 0, height: tall = 0 }: { width?: number; height?: number }): string => {
  const [w, h] = [round(Math.max(width, 2 * margin)), round(Math.max(tall, 2 * margin))];
  return `width="${w}" height="${h}" viewBox="0 0 ${w} ${h}"`;
};

function box(
  { x, y, width }: { x: number; y: number; width: number },
  address: string,
  declared: boolean,
): string {
  const dashed = declared ? '' : ' stroke-dasharray="4"';
  const rect = `<rect x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${height}" rx="4"${dashed}/>`;
  return `<g>${rect}${text({ x, y }, address)}</g>`;
}

const line = (points: readonly Point[]): string =>
  `<path class="edge" marker-end="url(#arrow)" d="M${points.map(({ x, y }) => `${round(x)} ${round(y)}`).join('L')}"/>`;

const text = ({ x, y }: Point, label: string, className?: string): string =>
  `<text x="${round(x)}" y="${round(y)}"${className === undefined ? '' : ` class="${className}"`}>${escapeXml(visible(label))}</text>`;

const round = (length: number): number => Math.round(length * 10) / 10;

/**
 * Escapes text for XML. Control characters are not allowed in XML even escaped, so `visible` must replace them before.
 */
const escapeXml = (label: string): string =>
  label.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
