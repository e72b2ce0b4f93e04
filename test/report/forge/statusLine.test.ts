import { expect, test } from 'vitest';
import type { Outcome, Status } from '../../../src/model/pass/plan.ts';
import type { Report, ReportedAction } from '../../../src/model/pass/report.ts';
import { statusOf } from '../../../src/report/forge/statusLine.ts';
import { action, reportWith, resource } from '../../support/reports.ts';

const { summary } = reportWith();

const acted = (
  name: string,
  verb: ReportedAction['verb'],
  outcome: Outcome['result'],
  error: string | null = null,
): ReportedAction => ({ ...action, id: `machines/${name}:${verb}`, name, verb, outcome, error });

/** A report with these actions, and these numbers of resources by status. */
const report = (
  actions: readonly ReportedAction[],
  counts: Partial<Record<Status, number>>,
  over: Partial<Report> = {},
) => reportWith({ actions, summary: { ...summary, ...counts }, ...over });

const inWords = (one: Report): string => {
  const { state, description } = statusOf(one);
  return `${state}: ${description}`;
};

const created = ['a', 'b', 'c'].map((name) => acted(name, 'create', 'done'));
const updated = acted('d', 'update', 'done');
const failed = acted('e', 'create', 'failed', 'no capacity');
const held = acted('f', 'delete', 'blocked', '1 of 4 deletions exceed the limit of 10%');
const broken = { ...resource, name: 'x', status: 'failed', reason: 'broken' } as const;
const frozen = { ...resource, name: 'y', status: 'blocked', reason: 'immutable' } as const;

test.each([
  [report([], { inSync: 4, unmanaged: 2 }), 'success: all in sync'],
  [report([], { inSync: 4, orphaned: 1 }), 'success: all in sync'],
  [report([...created, updated], { inSync: 4 }), 'success: 3 created, 1 updated; all in sync'],
  [
    report([...created, failed], { inSync: 3, failed: 1 }),
    'failure: 3 created; failed: machines/e: no capacity',
  ],
  [
    report([failed, acted('g', 'start', 'failed')], { failed: 3 }, { resources: [broken] }),
    'failure: failed: machines/e: no capacity (and 2 more)',
  ],
  [
    report([failed], { failed: 1 }, { resources: [{ ...broken, name: 'e' }] }),
    'failure: failed: machines/e: no capacity',
  ],
  [report([], { failed: 1 }, { resources: [broken] }), 'failure: failed: machines/x: broken'],
  [
    report(
      [],
      { inSync: 1 },
      { complete: false, incomplete: [{ kind: 'datasets', error: '503' }] },
    ),
    'failure: incomplete: datasets: 503',
  ],
  [
    report([held], { blocked: 2 }, { resources: [frozen] }),
    'pending: held: machines/f: 1 of 4 deletions exceed the limit of 10% (and 1 more)',
  ],
  [report([failed, held], { failed: 1, blocked: 1 }), 'failure: failed: machines/e: no capacity'],
  [
    report([acted('a', 'create', 'pending')], { inSync: 1, pending: 1 }),
    'pending: 1 created; 1 in sync, 1 pending',
  ],
  [
    report([acted('a', 'update', 'planned')], { drifted: 1, missing: 2 }, { mode: 'observe' }),
    'pending: 1 drifted, 2 missing',
  ],
])('the status of a report: %#', (one, expected) => {
  expect(inWords(one)).toBe(expected);
});

test('a long reason is cut, and the number of the others stays', () => {
  const long = acted('a', 'create', 'failed', 'x'.repeat(500));
  const { description } = statusOf(report([long, failed], { failed: 2 }));
  expect(description).toHaveLength(140);
  expect(description).toMatch(/^failed: machines\/a: x+… \(and 1 more\)$/);
});

test('a reason that fits exactly is not cut, and no character is halved', () => {
  const prefix = 'failed: machines/a: ';
  const withReason = (text: string) =>
    statusOf(report([acted('a', 'create', 'failed', text)], { failed: 1 })).description;
  const fits = 'x'.repeat(140 - prefix.length);
  expect(withReason(fits)).toBe(prefix + fits);
  expect(withReason(`${fits.slice(2)}😀yy`)).toBe(`${prefix}${fits.slice(2)}…`);
});

test('a status is one line', () => {
  const evil = acted('a\nb', 'create', 'failed', 'c\u001B[2J\r\nd');
  expect(inWords(report([evil], { failed: 1 }))).toBe(
    String.raw`failure: failed: machines/a\u000ab: c\u001b[2J\u000d\u000ad`,
  );
});
