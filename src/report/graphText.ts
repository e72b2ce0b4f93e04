import type { Graph } from '../model/pass/graph.ts';
import { visible } from '../model/text/visible.ts';

/** The graph for Graphviz; what is not declared is dashed. Names stand in labels, escaped, and never as ids. */
export function toDot(graph: Graph): string {
  const id = idsOf(graph);
  return [
    'digraph holdfast {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...graph.nodes.map(
      ({ address, declared }) =>
        `  ${id(address)} [label="${inDot(address)}"${declared ? '' : ', style=dashed'}];`,
    ),
    ...graph.edges.map(
      ({ from, to, path }) => `  ${id(from)} -> ${id(to)} [label="${inDot(path)}"];`,
    ),
    '}',
    '',
  ].join('\n');
}

/** The graph for Mermaid, which many forges show in Markdown; what is not declared is dashed. */
export function toMermaid(graph: Graph): string {
  const id = idsOf(graph);
  return [
    'flowchart LR',
    ...graph.nodes.map(
      ({ address, declared }) =>
        `  ${id(address)}["${inMermaid(address)}"]${declared ? '' : ':::live'}`,
    ),
    ...graph.edges.map(
      ({ from, to, path }) => `  ${id(from)} -- "${inMermaid(path)}" --> ${id(to)}`,
    ),
    '  classDef live stroke-dasharray: 4',
    '',
  ].join('\n');
}

/** `n0`, `n1` … for addresses, which may hold anything. */
export function idsOf({ nodes }: Graph): (address: string) => string {
  const ids = new Map<string, string>(nodes.map(({ address }, index) => [address, `n${index}`]));
  return (address) => ids.get(address) ?? 'unknown';
}

/** In a label a backslash begins a code of Graphviz' own, such as `\\N`. */
const inDot = (text: string): string => visible(text).replaceAll(/["\\]/g, String.raw`\$&`);

/** Mermaid writes characters by their numbers, and has Markdown, HTML and directives in texts. */
const inMermaid = (text: string): string =>
  visible(text).replaceAll(
    /[^\p{L}\p{N} /._@:-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
