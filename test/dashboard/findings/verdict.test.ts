import { expect, test } from 'vitest';
import { verdictOf } from '../../../src/dashboard/findings/verdict.ts';
import { reportWith } from '../../support/reports.ts';

const { summary } = reportWith();
const fine = { configError: null, suspended: null };
const suspended = { at: '2026-11-21T10:00:00Z', by: null, reason: null, until: null };

test.each([
  [undefined, fine, undefined, 'busy', 'The first pass has not ended yet', 'nothing is known'],
  [reportWith(), fine, 'waiting for the store', 'bad', 'No passes run', 'what is known may be old'],
  [reportWith(), fine, undefined, 'good', 'All in sync', 'nothing is wrong'],
  [
    reportWith({ summary: { ...summary, unmanaged: 3, orphaned: 1 } }),
    fine,
    undefined,
    'good',
    'All in sync',
    'what is left alone on purpose is not wrong',
  ],
  [
    reportWith({ summary: { ...summary, drifted: 1, blocked: 1 } }),
    fine,
    undefined,
    'warning',
    '2 resources out of sync',
    'drift',
  ],
  [
    reportWith({ summary: { ...summary, failed: 1, blocked: 1 } }),
    fine,
    undefined,
    'bad',
    '1 failed, 1 other out of sync',
    'failures come first',
  ],
  [
    reportWith({ complete: false }),
    fine,
    undefined,
    'bad',
    'Not everything could be listed',
    'the rest is not known',
  ],
  [
    reportWith(),
    { ...fine, configError: 'team.yaml:1:1: wrong' },
    undefined,
    'bad',
    'The config files are not in force',
    'in sync with what the files no longer say',
  ],
  [
    reportWith(),
    { ...fine, suspended },
    undefined,
    'warning',
    'Everything is suspended',
    'nothing would be mended',
  ],
])('%#: %s', (report, status, waiting, level, text, _because) => {
  expect(verdictOf(report, status, waiting)).toEqual({ level, text });
});
