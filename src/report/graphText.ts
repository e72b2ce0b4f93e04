import type { Graph } from '../model/pass/graph.ts';
import { visible } from '../model/text/visible.ts';

/**
 * Renders the graph for Graphviz. Undeclared resources are dashed. Names occur only in labels, escaped, never as node
 * ids.
 */
export function toDot(graph: Graph): string {
  const id = idsOf(graph);
  return [
    'digraph holdfast {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...graph.nodes.map(
      ({ address, declared }) =>
        `  ${id(address)} [label="${escapeDot(address)}"${declared ? '' : ', style=dashed'}];`,
    ),
    ...graph.edges.map(
      ({ from, to, path }) => `  ${id(from)} -> ${id(to)} [label="${escapeDot(path)}"];`,
    ),
    '}',
    '',
  ].join('\n');
}

/** Renders the graph for Mermaid, which GitHub and others show in Markdown. Undeclared resources are dashed. */
export function toMermaid(graph: Graph): string {
  const id = idsOf(graph);
  return [
    'flowchart LR',
    ...graph.nodes.map(
      ({ address, declared }) =>
        `  ${id(address)}["${escapeMermaid(address)}"]${declared ? '' : ':::live'}`,
    ),
    ...graph.edges.map(
      ({ from, to, path }) => `  ${id(from)} -- "${escapeMermaid(path)}" --> ${id(to)}`,
    ),
    '  classDef live stroke-dasharray: 4',
    '',
  ].join('\n');
}

/** Makes node ids, `n0`, `n1` …, for addresses, which may contain any character. */
export function idsOf({ nodes }: Graph): (address: string) => string {
  const ids = new Map<string, string>(nodes.map(({ address }, index) => [address, `n${index}`]));
  return (address) => ids.get(address) ?? 'unknown';
}

/** Escapes a label for Graphviz, in which a backslash begins an escape sequence such as `\\N`. */
const escapeDot = (text: string): string => visible(text).replaceAll(/["\\]/g, String.raw`\$&`);

/**
 * Escapes a label for Mermaid, which interprets Markdown, HTML, and directives in labels, and writes characters by
 * their numbers.
 */
const escapeMermaid = (text: string): string =>
  visible(text).replaceAll(
    /[^\p{L}\p{N} /._@:-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
