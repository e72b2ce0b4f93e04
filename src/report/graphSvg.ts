import { Graph as Layout, layout } from '@dagrejs/dagre';
import type { Graph } from '../model/pass/graph.ts';
import { visible } from '../model/text/visible.ts';
import { idsOf } from './graphText.ts';

/** Sizes in pixels. Widths of texts are those of the widest letters of a monospaced font of this size. */
const letter = 7.3;
const height = 28;
const margin = 12;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The graph as a picture that stands by itself; what is not declared is dashed. */
export function toSvg(graph: Graph): string {
  const laid = laidOut(graph);
  const id = idsOf(graph);
  const size = laid.graph();
  const nodes = graph.nodes.map(({ address, declared }) =>
    box(laid.node(id(address)), address, declared),
  );
  const edges = graph.edges.map(({ from, to }, index) => {
    const { points } = laid.edge(id(from), id(to), String(index)) as { points: readonly Point[] };
    return line(points);
  });
  const fields = graph.edges.map(({ from, to, path }, index) =>
    text(laid.edge(id(from), id(to), String(index)) as Point, path, 'field'),
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

function laidOut(graph: Graph) {
  const laid = new Layout({ multigraph: true });
  const id = idsOf(graph);
  laid.setGraph({ rankdir: 'LR', nodesep: 16, ranksep: 40, marginx: margin, marginy: margin });
  for (const { address } of graph.nodes)
    laid.setNode(id(address), { width: widthOf(address) + 2 * margin, height });
  for (const [index, { from, to, path }] of graph.edges.entries())
    laid.setEdge(
      id(from),
      id(to),
      { width: widthOf(path), height: 12, labelpos: 'c' },
      String(index),
    );
  layout(laid);
  return laid;
}

const widthOf = (shown: string): number => visible(shown).length * letter;

const area = ({ width = 0, height: high = 0 }: { width?: number; height?: number }): string => {
  const [w, h] = [round(Math.max(width, 2 * margin)), round(Math.max(high, 2 * margin))];
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

const text = ({ x, y }: Point, shown: string, name?: string): string =>
  `<text x="${round(x)}" y="${round(y)}"${name === undefined ? '' : ` class="${name}"`}>${inXml(visible(shown))}</text>`;

const round = (length: number): number => Math.round(length * 10) / 10;

/** Control characters cannot stand in XML at all, so they are escaped before. */
const inXml = (shown: string): string =>
  shown.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
