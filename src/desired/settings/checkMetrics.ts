import { metricLabelOf } from '../../model/selection/labels.ts';
import { quote, type Problems } from '../problems/problems.ts';
import { textOf, type Node } from '../yaml/tree.ts';

/** Reports labels of `metrics.labels` that have one name for Prometheus. */
export function checkMetrics(items: readonly Node[], problems: Problems): void {
  const keys = new Map<string, string>();
  for (const item of items) {
    const key = textOf(item);
    if (key === undefined) continue;
    const name = metricLabelOf(key);
    const first = keys.get(name) ?? key;
    keys.set(name, first);
    if (first === key) continue;
    const message = `metrics.labels names ${quote(first)} and ${quote(key)}, which are both ${name} for Prometheus`;
    problems.add(item.at, 'conflict', message);
  }
}
