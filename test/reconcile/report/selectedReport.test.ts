import { expect, test } from 'vitest';
import type { Selection } from '../../../src/reconcile/guard/selection.ts';
import { joinedSelection, selectedReport } from '../../../src/reconcile/report/selectedReport.ts';
import type { Address } from '../../../src/model/resource.ts';
import { reportWith, resource } from '../../support/reports.ts';

const selecting = (included: Readonly<Record<Address, string | null>>): Selection => ({
  only: ['machines/a'],
  unmatched: [],
  included: new Map(Object.entries(included) as [Address, string | null][]),
  leftOut: new Set(),
});

const report = reportWith({
  resources: [
    { ...resource, name: 'a', status: 'inSync' },
    { ...resource, name: 'b', status: 'drifted' },
    { ...resource, name: 'c', status: 'failed' },
  ],
});

test('a report without a selection is the report itself', () => {
  expect(selectedReport(report, undefined)).toBe(report);
});

test('a report on a selection has its resources, and why others are included', () => {
  const selected = selectedReport(
    report,
    selecting({ 'machines/a': null, 'machines/b': 'machines/a refers to it' }),
  );
  expect(selected.resources.map(({ name, included }) => [name, included])).toEqual([
    ['a', undefined],
    ['b', 'machines/a refers to it'],
  ]);
  expect([selected.summary.inSync, selected.summary.drifted, selected.summary.failed]).toEqual([
    1, 1, 0,
  ]);
});

test.each([
  [undefined, undefined, undefined, 'neither pass has a selection'],
  [selecting({ 'machines/a': null }), undefined, ['machines/a'], 'only the first has one'],
  [undefined, selecting({ 'machines/b': null }), ['machines/b'], 'only the second has one'],
  [
    selecting({ 'machines/a': null }),
    selecting({ 'machines/b': null }),
    ['machines/a', 'machines/b'],
    'what one needs may be done in the other',
  ],
])('%#: of two passes', (before, next, included, _because) => {
  const joined = joinedSelection(before, next);
  expect(joined && [...joined.included.keys()]).toEqual(included);
});
