import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** A selector of series: the metric, and its matchers. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly value: string }[];
}

/** What a PromQL expression reads. */
export interface Query {
  readonly selectors: readonly Selector[];
  /** The labels of each `by`, `on`, or the like, with the metrics of the expression that it belongs to. */
  readonly groupings: readonly {
    readonly labels: readonly string[];
    readonly metrics: readonly string[];
  }[];
}

/** Parses a PromQL expression with Prometheus' own grammar. Throws if it is not one. */
export function parseQuery(text: string): Query {
  const tree = parser.parse(text);
  tree.iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`no PromQL at position ${node.from}: ${text}`);
    },
  });
  const textOf = ({ from, to }: SyntaxNode): string => text.slice(from, to);
  const within = (node: SyntaxNode, name: string): readonly SyntaxNode[] => [
    ...(node.name === name ? [node] : []),
    ...childrenOf(node).flatMap((child) => within(child, name)),
  ];
  const selectorOf = (node: SyntaxNode): Selector => ({
    metric: within(node, 'Identifier').map(textOf).join(),
    matchers: within(node, 'UnquotedLabelMatcher').map((matcher) => ({
      label: within(matcher, 'LabelName').map(textOf).join(),
      value: within(matcher, 'StringLiteral').map(textOf).join().slice(1, -1),
    })),
  });
  return {
    selectors: within(tree.topNode, 'VectorSelector').map(selectorOf),
    groupings: within(tree.topNode, 'GroupingLabels').map((node) => ({
      labels: within(node, 'LabelName').map(textOf),
      metrics: within(node.parent?.parent ?? node, 'VectorSelector').map(
        (selector) => selectorOf(selector).metric,
      ),
    })),
  };
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

/** The labels that Prometheus adds to every series of a target. */
const targetLabels = ['job', 'instance'];

/** Returns the names in a query that `served`, the labels of each metric, does not have. */
export function unknownNames(
  { selectors, groupings }: Query,
  served: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  const has = (metric: string, label: string): boolean =>
    targetLabels.includes(label) || served.get(metric)?.has(label) === true;
  return [
    ...selectors.flatMap(({ metric }) => (served.has(metric) ? [] : [metric])),
    ...selectors.flatMap(({ metric, matchers }) =>
      matchers.flatMap(({ label }) => (has(metric, label) ? [] : [`${metric}{${label}}`])),
    ),
    ...groupings.flatMap(({ labels, metrics }) =>
      labels.flatMap((label) =>
        metrics.some((metric) => has(metric, label)) ? [] : [`${metrics.join()} by ${label}`],
      ),
    ),
  ];
}
