import { expect, test } from 'vitest';
import type { Status } from '../../../src/model/pass/plan.ts';
import type { ReportedResource } from '../../../src/model/pass/report.ts';
import { driftIssueOf } from '../../../src/report/forge/driftIssue.ts';
import { reportWith, resource } from '../../support/reports.ts';

const { summary } = reportWith();
const dashboard = 'https://holdfast.example.com';

const found = (status: Status, over: Partial<ReportedResource> = {}): ReportedResource => ({
  ...resource,
  status,
  ...over,
});

/** The issue for a team with these resources. */
const issue = (...resources: readonly ReportedResource[]) =>
  driftIssueOf(reportWith({ resources }), { dashboard, oneOfSeveral: false });

const drifted = found('drifted', {
  changes: [{ path: 'diskSize', desired: 100, observed: 50 }],
  source: { file: 'team.yaml', line: 12, column: 3 },
});
const blocked = found('blocked', { kind: 'datasets', name: 'b', reason: 'immutable' });

test('names the workspace in the title if there are several', () => {
  const report = reportWith({ workspace: 'ml', resources: [drifted] });
  expect(driftIssueOf(report, { dashboard, oneOfSeveral: true })?.title).toBe(
    'Holdfast: drift in ml',
  );
});

test('lists what differs, since when, why, and where it is declared', () => {
  const since = resource.since;
  expect(issue(found('inSync', { name: 'z' }), drifted, blocked)).toEqual({
    marker: '<!-- holdfast:drift:default -->',
    title: 'Holdfast: drift',
    open: true,
    body: [
      '<!-- holdfast:drift:default -->',
      '**2 resources** of the team differ from the config.',
      '',
      '| resource | status | since | details | declared at |',
      '| --- | --- | --- | --- | --- |',
      `| \`machines/a\` | drifted | ${since} | \`diskSize: 50 → 100\` | \`team.yaml:12:3\` |`,
      `| \`datasets/b\` | blocked | ${since} | \`immutable\` |  |`,
      '',
      '- `holdfast drift` prints what differs, and `holdfast explain KIND/NAME` everything known about one resource.',
      '- To make the team match the config, run `holdfast apply`, or let the daemon do it with `mode: enforce`. What is blocked says what lifts it.',
      '- To make the config match the team, change the YAML; `holdfast import` adds what is not declared yet.',
      '- [Dashboard](<https://holdfast.example.com>)',
      '',
      'Holdfast keeps this issue up to date, and closes it when nothing differs.',
      '',
    ].join('\n'),
  });
});

test.each([
  ['drifted', true],
  ['missing', true],
  ['blocked', true],
  ['failed', true],
  ['ambiguous', true],
  ['contended', true],
  ['inSync', false],
  ['orphaned', false],
  ['unmanaged', false],
] as const)('a resource that is %s opens it: %s', (status, open) => {
  expect(issue(found(status))?.open).toBe(open);
});

test('is closed when a complete pass shows no drift', () => {
  expect(issue()).toMatchObject({
    open: false,
    body: '<!-- holdfast:drift:default -->\nThe team is in sync with the config again, as of 2026-11-21T10:00:01.000Z.\n',
  });
});

test('stays as it is after an incomplete pass', () => {
  const report = reportWith({ complete: false });
  expect(driftIssueOf(report, { dashboard: null, oneOfSeveral: false })).toBeUndefined();
  expect(
    driftIssueOf({ ...report, resources: [drifted] }, { dashboard: null, oneOfSeveral: false }),
  ).toBeUndefined();
});

test('stays as it is while the API is at work, unless something else differs', () => {
  const report = reportWith({ summary: { ...summary, pending: 1 } });
  expect(
    driftIssueOf(
      { ...report, resources: [found('pending')] },
      { dashboard: null, oneOfSeveral: false },
    ),
  ).toBeUndefined();
  expect(
    driftIssueOf({ ...report, resources: [drifted] }, { dashboard: null, oneOfSeveral: false })
      ?.open,
  ).toBe(true);
});

test('has no link without the URL of a dashboard', () => {
  expect(
    driftIssueOf(reportWith({ resources: [drifted] }), { dashboard: null, oneOfSeveral: false })
      ?.body,
  ).not.toContain('Dashboard');
});

test('two passes with the same drift have the same issue', () => {
  const first = reportWith({ resources: [drifted] });
  const second = { ...first, pass: '01KB', finishedAt: '2026-11-22T10:00:00.000Z', digest: 'e' };
  expect(driftIssueOf(second, { dashboard, oneOfSeveral: false })).toEqual(
    driftIssueOf(first, { dashboard, oneOfSeveral: false }),
  );
});

test.each([
  ['a|b', '`machines/a\\|b`', 'a bar would end the cell'],
  ['a\nb', '`machines/a\\u000ab`', 'a line break would end the row'],
  ['a`b', '`` machines/a`b ``', 'a backtick would end the code'],
  ['@everyone', '`machines/@everyone`', 'code mentions nobody'],
  ['<img src=x>', '`machines/<img src=x>`', 'code is no HTML'],
])('the name %j stays in its cell', (name, cell, because) => {
  expect(issue(found('missing', { name }))?.body, because).toContain(`| ${cell} | missing |`);
  expect(issue(found('blocked', { reason: name }))?.body, because).toContain(
    `| ${cell.replace('machines/', '')} |  |`,
  );
});

test.each([
  [100, 'diskSize', 'its differences'],
  [600, 'too many to be shown here with their differences', 'only the names'],
  [10_000, '| machines | drifted | 10000 |', 'only counts'],
])('of %i resources fits: %s', (count, text, because) => {
  const many = Array.from({ length: count }, (_, index) => ({ ...drifted, name: `m-${index}` }));
  const long = many.map((one) => ({ ...one, reason: 'x'.repeat(100) }));
  const { body = '' } = issue(...long) ?? {};
  expect(body.length).toBeLessThanOrEqual(60_000);
  expect(body, because).toContain(text);
  expect(body).toContain('Holdfast keeps this issue up to date');
});
