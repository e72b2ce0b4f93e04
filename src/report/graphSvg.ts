import type { Graph } from '../model/pass/graph.ts';
import { visible } from '../model/text/visible.ts';
import { boxHeight, drawingOf, type Drawing, type Point } from './graphLayout.ts';

/** Renders the graph as a standalone SVG. Undeclared resources are dashed. */
export function toSvg(graph: Graph): string {
  const { width, height, boxes, lines, labels } = drawingOf(graph);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="12">`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#667"/></marker></defs>',
    '<style>text{text-anchor:middle;dominant-baseline:central;fill:#223}.field{fill:#667;font-size:10px}rect{fill:#fff;stroke:#446}path.edge{fill:none;stroke:#667}</style>',
    ...lines.map(line),
    ...labels.map(({ path, ...at }) => text(at, path, 'field')),
    ...boxes.map(box),
    '</svg>',
    '',
  ].join('\n');
}

function box({ x, y, width, address, declared }: Drawing['boxes'][number]): string {
  const dashed = declared ? '' : ' stroke-dasharray="4"';
  const rect = `<rect x="${edge(x, width)}" y="${edge(y, boxHeight)}" width="${width}" height="${boxHeight}" rx="4"${dashed}/>`;
  return `<g>${rect}${text({ x, y }, address)}</g>`;
}

/** The left or upper edge of a box. */
const edge = (center: number, size: number): number => Math.round((center - size / 2) * 10) / 10;

const line = (points: readonly Point[]): string =>
  `<path class="edge" marker-end="url(#arrow)" d="${pathOf(points)}"/>`;

/** The data of an SVG path along points. */
export const pathOf = (points: readonly Point[]): string =>
  `M${points.map(({ x, y }) => `${x} ${y}`).join('L')}`;

const text = ({ x, y }: Point, label: string, className?: string): string =>
  `<text x="${x}" y="${y}"${className === undefined ? '' : ` class="${className}"`}>${escapeXml(visible(label))}</text>`;

/**
 * Escapes text for XML. Control characters are not allowed in XML even escaped, so `visible` must replace them before.
 */
const escapeXml = (label: string): string =>
  label.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
