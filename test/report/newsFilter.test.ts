import { describe, expect, test } from 'vitest';
import type { Report, ReportedAction, ReportedResource } from '../../src/model/pass/report.ts';
import { createNewsFilter } from '../../src/report/newsFilter.ts';
import { reportWith } from '../support/reports.ts';

const minute = 60_000;
const start = Date.parse('2026-11-21T10:00:00Z');

const resource = (over: Partial<ReportedResource> = {}): ReportedResource => ({
  kind: 'machines',
  name: 'a',
  id: '1',
  status: 'drifted',
  changes: [{ path: 'diskSize', desired: 100, observed: 50 }],
  unverifiable: [],
  reason: null,
  since: '2026-11-21T10:00:00Z',
  source: null,
  ...over,
});

const done: ReportedAction = {
  id: 'machines/a:update',
  verb: 'update',
  kind: 'machines',
  name: 'a',
  relation: null,
  member: null,
  resourceId: '1',
  changes: [],
  requires: [],
  outcome: 'done',
  error: null,
  note: null,
  attempts: 1,
};

const at = (minutes: number, over: Partial<Report> = {}): Report =>
  reportWith({ ...over, finishedAt: new Date(start + minutes * minute).toISOString() });

describe('news', () => {
  const rows: readonly (readonly [string, readonly (readonly [Report, boolean])[]])[] = [
    [
      'the first pass is news, and the same again is not',
      [
        [at(0), true],
        [at(5), false],
      ],
    ],
    [
      'drift that comes and goes is news once',
      [
        [at(0, { resources: [resource()] }), true],
        [at(5), false],
        [at(10, { resources: [resource()] }), false],
        [at(15), false],
        [at(20, { resources: [resource()] }), false],
      ],
    ],
    [
      'the same is news again after an hour',
      [
        [at(0, { resources: [resource()] }), true],
        [at(59, { resources: [resource()] }), false],
        [at(61, { resources: [resource()] }), true],
      ],
    ],
    [
      'other drift of the same resource is news',
      [
        [at(0, { resources: [resource()] }), true],
        [
          at(5, {
            resources: [resource({ changes: [{ path: 'diskSize', desired: 100, observed: 25 }] })],
          }),
          true,
        ],
      ],
    ],
    [
      'new times and counts in a reason are not news',
      [
        [
          at(0, { resources: [resource({ reason: 'failed once; next attempt at 10:05:00' })] }),
          true,
        ],
        [
          at(5, { resources: [resource({ reason: 'failed once; next attempt at 10:15:30' })] }),
          false,
        ],
      ],
    ],
    [
      'finished actions are always news',
      [
        [at(0), true],
        [at(1, { actions: [done] }), true],
      ],
    ],
    [
      'another config is news',
      [
        [at(0), true],
        [at(1, { revision: 'other' }), true],
      ],
    ],
    [
      'a kind that could not be listed is news',
      [
        [at(0), true],
        [at(1, { incomplete: [{ kind: 'machines', error: 'GET failed' }] }), true],
        [at(2, { incomplete: [{ kind: 'machines', error: 'GET failed otherwise' }] }), false],
      ],
    ],
    [
      'unmanaged resources are not news',
      [
        [at(0), true],
        [at(1, { resources: [resource({ status: 'unmanaged', changes: [] })] }), false],
      ],
    ],
  ];
  test.each(rows)('%s', (_, reports) => {
    const isNews = createNewsFilter();
    expect(reports.map(([report]) => isNews(report))).toEqual(reports.map(([, news]) => news));
  });
});
