import { byPosition } from '../problems/problems.ts';
import { positionText } from '../../model/resource.ts';
import type { Resolved } from '../resolve/resolve.ts';
import { targetOf, type Config } from './rules.ts';
import type { ReferenceUse } from '../resolve/scope.ts';

/** A dependency: `from` refers to `to`, which must exist first. */
interface Edge {
  readonly from: Resolved;
  readonly use: ReferenceUse;
  readonly to: Resolved;
}

/** A resource on the current path of the search, with its edges that are not followed yet. */
interface Step {
  readonly resource: Resolved;
  readonly edges: Edge[];
  /** The edge that led here; none for the start. */
  readonly by?: Edge;
}

/** Reports each reference cycle once, at its first reference. */
export function checkCycles(config: Config): void {
  const done = new Set<Resolved>();
  for (const resource of config.resources) if (!done.has(resource)) walk(resource, done, config);
}

/** Searches depth first. Not recursive: chains may be longer than the stack. */
function walk(start: Resolved, done: Set<Resolved>, config: Config): void {
  const path: Step[] = [{ resource: start, edges: edgesOf(start, config) }];
  const open = new Set([start]);
  for (let step = path.at(-1); step; step = path.at(-1)) {
    const edge = step.edges.shift();
    if (!edge) {
      path.pop();
      open.delete(step.resource);
      done.add(step.resource);
    } else if (open.has(edge.to)) report(cycleOf(path, edge), config);
    else if (!done.has(edge.to)) {
      path.push({ resource: edge.to, edges: edgesOf(edge.to, config), by: edge });
      open.add(edge.to);
    }
  }
}

/**
 * References in lists, in relations, and in fields that only updates send do not count: they are written after both
 * ends exist.
 */
function edgesOf(from: Resolved, config: Config): Edge[] {
  const { relations = {} } = from.declaration.kind;
  return from.uses
    .filter(({ listed, field, schema }) => !listed && !(field in relations) && !schema.updateOnly)
    .map((use) => ({ from, use, to: targetOf(use, config) }))
    .filter((edge): edge is Edge => edge.to !== undefined);
}

/** The edges of the cycle that `closing` completes; at least that one. */
function cycleOf(path: readonly Step[], closing: Edge): readonly Edge[] {
  const edges = [...path.flatMap(({ by }) => by ?? []), closing];
  return edges.slice(edges.findIndex(({ from }) => from === closing.to));
}

/** Reports a cycle, starting with the edge that is written first. */
function report(cycle: readonly Edge[], { problems }: Config): void {
  const first = cycle.reduce((a, b) => (byPosition(a.use.node.at, b.use.node.at) < 0 ? a : b));
  const begin = cycle.indexOf(first);
  const edges = [...cycle.slice(begin), ...cycle.slice(0, begin)];
  const steps = edges.map(
    ({ from, use }) => `${from.declaration.owner} (${use.field}, ${positionText(use.node.at)})`,
  );
  const shownSteps = steps.length > 12 ? [...steps.slice(0, 10), '…', ...steps.slice(-1)] : steps;
  const chain = [...shownSteps, first.from.declaration.owner].join(' → ');
  const message = `reference cycle: ${chain}; remove one of these references`;
  problems.add(first.use.node.at, 'reference-cycle', message, message);
}
