import type { Graph } from '../../model/pass/graph.ts';
import type { Status } from '../../model/pass/plan.ts';
import { splitAddress, type Address } from '../../model/resource.ts';
import { boxHeight, drawingOf, type Drawing } from '../../report/graphLayout.ts';
import { pathOf } from '../../report/graphSvg.ts';
import { html, type Markup } from '../../report/html.ts';
import { resourcePath } from '../elements/links.ts';
import { levelOf, shapeOf, wordOf } from '../elements/mark.ts';

/** The statuses of resources; undefined: unknown. */
export type StatusOf = (address: Address) => Status | undefined;

/** A graph as a picture, in which each resource is a link with the colour and the shape of its status. */
export function graphDrawing(graph: Graph, statusOf: StatusOf, isCollapsed: boolean): Markup {
  const { width, height, boxes, lines, labels } = drawingOf(graph);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Graph of references">
    <svg class="graph" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
      <title>Resources and their references; the table below has the same contents</title>
      <defs>
        <marker
          id="arrow"
          viewBox="0 0 8 8"
          refX="8"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto"
        >
          <path d="M0 0L8 4L0 8z" />
        </marker>
      </defs>
      ${lines.map((points) => html`<path class="edge" marker-end="url(#arrow)" d="${pathOf(points)}" />`)}
      ${labels.map(({ x, y, path }) => html`<text class="field" x="${x}" y="${y}">${path}</text>`)}
      ${boxes.map((box) => (isCollapsed ? kindBox(box) : resourceBox(box, statusOf)))}
    </svg>
  </div>`;
}

function resourceBox(box: Drawing['boxes'][number], statusOf: StatusOf): Markup {
  const { x, y, width, address, declared } = box;
  const { kind, name } = splitAddress(address);
  const status = statusOf(address);
  const level = status === undefined ? 'quiet' : levelOf(status);
  const label = `${address}${status === undefined ? '' : `, ${wordOf(status)}`}`;
  const content = html`<rect
      class="${declared ? 'node' : 'node undeclared'}"
      x="${x - width / 2}"
      y="${y - boxHeight / 2}"
      width="${width}"
      height="${boxHeight}"
      rx="5"
    />
    ${
      status === undefined
        ? ''
        : html`<path
            class="shape"
            fill-rule="evenodd"
            transform="translate(${x - width / 2 - 6} ${y - boxHeight / 2 - 6}) scale(0.8)"
            d="${shapeOf(status)}"
          />`
    }
    <text x="${x}" y="${y}">${address}</text>`;
  return status === undefined
    ? html`<g class="${level}">${content}</g>`
    : html`<a class="${level}" href="${resourcePath(kind, name)}" aria-label="${label}"
        >${content}</a
      >`;
}

function kindBox({ x, y, width, address }: Drawing['boxes'][number]): Markup {
  const { kind, name } = splitAddress(address);
  return html`<a href="/graph?kind=${encodeURIComponent(kind)}" aria-label="${name} ${kind}">
    <rect
      class="node"
      x="${x - width / 2}"
      y="${y - boxHeight / 2}"
      width="${width}"
      height="${boxHeight}"
      rx="5"
    />
    <text x="${x}" y="${y}">${kind} ${name}</text>
  </a>`;
}
