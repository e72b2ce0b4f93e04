import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { everyMetric, labelsOf } from '../support/servedMetrics.ts';

/** A row of the table: a metric with its labels, and its type. */
const row = /^\| `(\w+)(?:\{([\w,]+)\})?` \| (\w+) \|/gm;

test('the table of metrics lists what /metrics serves, with types and labels', async () => {
  const [page, served] = [await readFile('docs/monitoring.md', 'utf8'), await everyMetric()];
  const listed = [...page.matchAll(row)].map(([, name, labels = '', type]) => ({
    name,
    type,
    labels: labels.split(',').toSorted().join(),
  }));
  const labels = labelsOf(served);
  const present = [...served.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type]) => {
    const sample = type === 'histogram' ? `${name}_count` : name;
    return { name, type, labels: [...(labels.get(sample) ?? [])].toSorted().join() };
  });
  const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }): number =>
    (a.name ?? '').localeCompare(b.name ?? '');
  expect(listed.toSorted(byName)).toEqual(present.toSorted(byName));
});
