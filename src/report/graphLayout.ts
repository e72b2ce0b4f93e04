import { Graph as Layout, layout } from '@dagrejs/dagre';
import type { Graph } from '../model/pass/graph.ts';
import type { Address } from '../model/resource.ts';
import { visible } from '../model/text/visible.ts';
import { idsOf } from './graphText.ts';

/** The place of everything in a drawn graph, in pixels. Texts are centred at their points. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly (Point & {
    readonly address: Address;
    readonly declared: boolean;
    readonly width: number;
  })[];
  readonly lines: readonly (readonly Point[])[];
  readonly labels: readonly (Point & { readonly path: string })[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Sizes in pixels. A letter is as wide as the widest one of a monospaced font of 12 pixels. */
const letter = 7.3;
const margin = 12;

/** The height of a box. */
export const boxHeight = 28;

/** Lays a graph out from left to right. */
export function drawingOf(graph: Graph): Drawing {
  const placed = layoutOf(graph);
  const id = idsOf(graph);
  const { width = 0, height = 0 } = placed.graph();
  const edges = graph.edges.map(({ from, to, path }, index) => ({
    path,
    ...(placed.edge(id(from), id(to), String(index)) as Point & { points: readonly Point[] }),
  }));
  return {
    width: round(Math.max(width, 2 * margin)),
    height: round(Math.max(height, 2 * margin)),
    boxes: graph.nodes.map(({ address, declared }) => {
      const node = placed.node(id(address));
      return { ...pointOf(node), address, declared, width: round(node.width) };
    }),
    lines: edges.map(({ points }) => points.map(pointOf)),
    labels: edges.map(({ path, ...at }) => ({ ...pointOf(at), path })),
  };
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
    graphLayout.setNode(id(address), { width: widthOf(address) + 2 * margin, height: boxHeight });
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

const pointOf = ({ x, y }: Point): Point => ({ x: round(x), y: round(y) });

const round = (length: number): number => Math.round(length * 10) / 10;
