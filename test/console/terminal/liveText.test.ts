import { expect, test } from 'vitest';
import {
  liveText,
  verdictOf,
  type LastState,
  type Live,
} from '../../../src/console/terminal/liveText.ts';
import { reportWith } from '../../support/reports.ts';

const applying = { doing: 'applying', total: 12, seconds: 8.4, estimated: 30 } as const;
const pause = { doing: 'nothing', verdict: 'in sync' } as const;

test.each<[live: Live, text: string, because: string]>([
  [{ doing: 'listing', seconds: 0 }, 'listing the team', 'a pass begins with lists'],
  [{ doing: 'listing', seconds: 12 }, 'listing the team for 12 s', 'the API is slow'],
  [
    { ...applying, left: 9, next: 'machines/a' },
    '3/12 done after 8 of about 30 s, waiting for machines/a and 8 more',
    'the first action that has not ended has a name',
  ],
  [
    { ...applying, left: 1, next: 'machines/a', seconds: 45 },
    '11/12 done after 45 of about 45 s, waiting for machines/a',
    'an estimate that has passed is not shown',
  ],
  [{ ...applying, left: 0, next: undefined }, 'recording the pass', 'all actions have ended'],
  [{ ...pause, nextIn: 272 }, 'in sync · next pass in 4:32 · Ctrl-C stops', 'a countdown'],
  [{ ...pause, nextIn: 3872 }, 'in sync · next pass in 1:04:32 · Ctrl-C stops', 'with hours'],
  [{ ...pause, nextIn: -1 }, 'in sync · next pass in 0:00 · Ctrl-C stops', 'it is due'],
  [{ ...pause, nextIn: undefined }, 'in sync · waiting for a change · Ctrl-C stops', 'no schedule'],
])('%j: %s', (live, text, because) => {
  expect(liveText(live), because).toBe(text);
});

const { summary } = reportWith();
const suspended = { at: '2026-11-21T08:00:00Z', by: null, reason: null, until: null };
const after = (over: Partial<LastState>): LastState => ({
  configError: undefined,
  report: reportWith(),
  ...over,
});

test.each<[last: LastState, verdict: string, because: string]>([
  [after({}), 'in sync', 'nothing needs attention'],
  [after({ report: undefined }), 'no pass has ended yet', 'the first pass was given up'],
  [after({ error: 'disk full' }), 'the pass was given up', 'the report is of an earlier pass'],
  [after({ configError: 'x' }), 'config not in force', 'the report is of another config'],
  [
    after({ report: reportWith({ complete: false, summary: { ...summary, failed: 1 } }) }),
    'not everything could be listed',
    'the counts are not all',
  ],
  [
    after({ report: reportWith({ summary: { ...summary, failed: 2, missing: 1 } }) }),
    '2 failed',
    'failures first',
  ],
  [
    after({ report: reportWith({ summary: { ...summary, blocked: 1, missing: 2 } }) }),
    '3 not in sync',
    'they need attention',
  ],
  [after({ report: reportWith({ suspended }) }), 'everything is suspended', 'nothing is done'],
])('%j: %s', (last, verdict, because) => {
  expect(verdictOf(last), because).toBe(verdict);
});
