import type { ReportedResource } from '../../model/pass/report.ts';
import { labelOf, metricLabelOf } from '../../model/selection/labels.ts';

/** The resources that have the same kind, status, and labels. `values`: by the names of the metric's labels. */
export interface LabelledCount {
  readonly values: Readonly<Record<string, string>>;
  readonly count: number;
}

/** The greatest number of values that one label has in metrics, besides the empty one. */
const maxValues = 100;

/** The value that stands for all that are not among them. */
const otherValue = 'other';

/**
 * Counts resources by kind, status, and the labels with these keys. A label that a resource does not have is empty. Of
 * a label with more than 100 values, the most frequent ones are kept, and the rest counted as `other`. Pure.
 */
export function countByLabels(
  resources: readonly ReportedResource[],
  keys: readonly string[],
): readonly LabelledCount[] {
  const labels = keys.map((key) => ({ key, kept: frequentValues(resources, key) }));
  const counts = new Map<string, { values: Record<string, string>; count: number }>();
  for (const resource of resources) {
    const { kind, status } = resource;
    const values: Record<string, string> = { kind, status };
    for (const { key, kept } of labels) {
      const value = labelOf(resource.labels, key) ?? '';
      values[metricLabelOf(key)] = value === '' || kept.has(value) ? value : otherValue;
    }
    const id = JSON.stringify(Object.values(values));
    const counted = counts.get(id) ?? { values, count: 0 };
    counted.count += 1;
    counts.set(id, counted);
  }
  return [...counts.values()];
}

/** The values of a label that metrics keep: the most frequent, and of equally frequent ones the first by code units. */
function frequentValues(resources: readonly ReportedResource[], key: string): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { labels } of resources) {
    const value = labelOf(labels, key);
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const ordered = [...counts].toSorted(
    ([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1),
  );
  return new Set(ordered.slice(0, maxValues).map(([value]) => value));
}
