import { expect, test } from 'vitest';
import type { Report } from '../../src/model/pass/report.ts';
import { oldestOpen } from '../../src/model/pass/attention.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { bench } from '../support/passes.ts';
import { action, reportWith, resource, spentBudget } from '../support/reports.ts';
import { everyMetric, quiet } from '../support/servedMetrics.ts';
import { connect } from '../support/apiClient.ts';
import { serve } from '../support/server.ts';
import { want } from '../support/team.ts';

/** The samples of a metrics text, without buckets. */
const samplesOf = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line !== '' && !/^#|_bucket/.test(line));

/** The samples of one metric after these passes. */
async function told(metric: string, ...reports: readonly Report[]) {
  const metrics = createMetrics();
  for (const report of reports) metrics.passEnded(report, []);
  return samplesOf((await metrics.text(quiet)).text).filter((line) => line.startsWith(metric));
}

test('every metric has its name and its labels', async () => {
  const text = await everyMetric();
  const names = samplesOf(text).map((line) => line.replace(/ .*/, '').replaceAll(/"[^"]*"/g, ''));
  expect([...new Set(names)].toSorted()).toEqual([
    'holdfast_actions_total{verb=,outcome=}',
    'holdfast_api_rate_limit',
    'holdfast_api_requests_total{method=,status=}',
    'holdfast_api_throttle_wait_seconds_count',
    'holdfast_api_throttle_wait_seconds_sum',
    'holdfast_blocked_actions{kind=,verb=}',
    'holdfast_budget_spent_ratio{budget=}',
    'holdfast_config_age_seconds',
    'holdfast_config_valid',
    'holdfast_cost_hourly_usd{owner=}',
    'holdfast_git_last_fetch_timestamp_seconds',
    'holdfast_hooks_total{forge=,result=}',
    'holdfast_last_success_timestamp_seconds',
    'holdfast_notifications_oldest_timestamp_seconds{sink=}',
    'holdfast_notifications_pending{sink=}',
    'holdfast_notifications_total{sink=,outcome=}',
    'holdfast_oldest_drift_timestamp_seconds{kind=}',
    'holdfast_pass_duration_seconds_count',
    'holdfast_pass_duration_seconds_sum',
    'holdfast_pass_running_seconds',
    'holdfast_passes_total{trigger=,result=}',
    'holdfast_repair_duration_seconds_count{kind=}',
    'holdfast_repair_duration_seconds_sum{kind=}',
    'holdfast_resources{kind=,status=}',
    'holdfast_suspended',
    'holdfast_suspended_resources',
  ]);
});

const { summary } = reportWith();
const failed = reportWith({ summary: { ...summary, failed: 1 } });
const incomplete = reportWith({ complete: false, trigger: 'change' });

test('passes are counted by trigger and result', async () => {
  expect(
    await told('holdfast_passes_total', reportWith(), reportWith(), failed, incomplete),
  ).toEqual([
    'holdfast_passes_total{trigger="cli",result="ok"} 2',
    'holdfast_passes_total{trigger="cli",result="failed"} 1',
    'holdfast_passes_total{trigger="change",result="incomplete"} 1',
  ]);
  expect(await told('holdfast_pass_duration', reportWith())).toEqual([
    'holdfast_pass_duration_seconds_sum 1',
    'holdfast_pass_duration_seconds_count 1',
  ]);
});

test('the last success is the last pass without failures, and absent before there is one', async () => {
  const metric = 'holdfast_last_success_timestamp_seconds';
  expect(await told(metric, failed, incomplete)).toEqual([]);
  const later = { ...failed, finishedAt: '2026-11-21T11:00:00.000Z' };
  const at = Date.parse('2026-11-21T10:00:01.000Z') / 1000;
  expect(await told(metric, reportWith(), later)).toEqual([`${metric} ${at}`]);
});

test('resources and cost are those of the last pass; actions of all passes, without planned ones', async () => {
  await using it = await bench();
  const one = want('privateNetworks', 'a', { region: 'ny2' });
  const two = want('privateNetworks', 'b', { region: 'ny2' });
  const reports = [await it.plan([one]), await it.pass([one, two]), await it.pass([one])];
  const last = reports.at(-1) ?? reportWith();
  const resources = [
    'holdfast_resources{kind="privateNetworks",status="inSync"} 1',
    'holdfast_resources{kind="privateNetworks",status="orphaned"} 1',
  ];
  expect(await told('holdfast_resources', ...reports)).toEqual(resources);
  expect(await told('holdfast_resources', last, last)).toEqual(resources);
  expect(await told('holdfast_resources', last, reportWith())).toEqual([]);
  expect(await told('holdfast_actions_total', ...reports)).toEqual([
    'holdfast_actions_total{verb="create",outcome="done"} 2',
  ]);
  const hourly = { managed: 1.5, unmanaged: 0.25, change: 3 };
  const costly = reportWith({
    cost: { currency: 'USD', unpriced: [], hourly, monthly: { change: 2190 } },
  });
  expect(await told('holdfast_cost', costly)).toEqual([
    'holdfast_cost_hourly_usd{owner="managed"} 1.5',
    'holdfast_cost_hourly_usd{owner="unmanaged"} 0.25',
  ]);
});

test('config and throttle have their values at the time of the scrape', async () => {
  const metrics = createMetrics();
  await metrics.text(quiet);
  const { text } = await metrics.text({
    ...quiet,
    configValid: false,
    configAge: 60,
    rateLimit: 2.5,
    passSeconds: 12,
    suspended: true,
    suspendedResources: 3,
  });
  expect(samplesOf(text)).toEqual(
    expect.arrayContaining([
      'holdfast_config_valid 0',
      'holdfast_config_age_seconds 60',
      'holdfast_api_rate_limit 2.5',
      'holdfast_pass_running_seconds 12',
      'holdfast_suspended 1',
      'holdfast_suspended_resources 3',
    ]),
  );
});

test('blocked actions are those of the last pass, by kind and verb', async () => {
  const blocked = (kind: string, verb: 'stop' | 'delete', outcome: 'blocked' | 'done') => ({
    ...action,
    id: `${kind}/a:${verb}`,
    kind,
    verb,
    outcome,
  });
  const report = reportWith({
    actions: [
      blocked('machines', 'stop', 'blocked'),
      blocked('machines', 'stop', 'blocked'),
      blocked('machines', 'delete', 'done'),
      blocked('projects', 'delete', 'blocked'),
    ],
  });
  expect(await told('holdfast_blocked_actions', report)).toEqual([
    'holdfast_blocked_actions{kind="machines",verb="stop"} 2',
    'holdfast_blocked_actions{kind="projects",verb="delete"} 1',
  ]);
  expect(await told('holdfast_blocked_actions', report, reportWith())).toEqual([]);
});

test('times to repair are counted by kind', async () => {
  const metrics = createMetrics();
  const repair = (kind: string, seconds: number) => ({ kind, name: 'a', seconds });
  metrics.passEnded(reportWith(), [repair('machines', 30), repair('machines', 400)]);
  metrics.passEnded(reportWith(), [repair('projects', 7)]);
  const { text } = await metrics.text(quiet);
  expect(samplesOf(text).filter((line) => line.startsWith('holdfast_repair'))).toEqual([
    'holdfast_repair_duration_seconds_sum{kind="machines"} 430',
    'holdfast_repair_duration_seconds_count{kind="machines"} 2',
    'holdfast_repair_duration_seconds_sum{kind="projects"} 7',
    'holdfast_repair_duration_seconds_count{kind="projects"} 1',
  ]);
  expect(text).toContain('holdfast_repair_duration_seconds_bucket{le="60",kind="machines"} 1');
});

test('the oldest drift and the notifications that wait are those of the scrape', async () => {
  const metrics = createMetrics();
  const at = '2026-11-21T10:00:00.000Z';
  const seconds = Date.parse(at) / 1000;
  const shown = async (over: Partial<Parameters<typeof metrics.text>[0]>) =>
    samplesOf((await metrics.text({ ...quiet, ...over })).text).filter((line) =>
      /_oldest_|_pending/.test(line),
    );
  const conditions = [
    { address: 'machines/a', openSince: '2026-11-21T11:00:00.000Z' },
    { address: 'machines/b', openSince: at },
    { address: 'machines/c', openSince: null },
    { address: 'projects/a', openSince: null },
  ] as const;
  const notifications = [
    { sink: 'slack-1', pending: 2, oldest: at },
    { sink: 'smtp-1', pending: 0, oldest: null },
  ];
  expect(await shown({ oldestOpen: oldestOpen(conditions), notifications })).toEqual([
    `holdfast_oldest_drift_timestamp_seconds{kind="machines"} ${seconds}`,
    'holdfast_notifications_pending{sink="slack-1"} 2',
    'holdfast_notifications_pending{sink="smtp-1"} 0',
    `holdfast_notifications_oldest_timestamp_seconds{sink="slack-1"} ${seconds}`,
  ]);
  expect(await shown({})).toEqual([]);
});

test('two servers count separately', async () => {
  const [first, second] = [createMetrics(), createMetrics()];
  first.passEnded(reportWith(), []);
  expect((await second.text(quiet)).text).not.toContain('holdfast_passes_total{');
});

test('every attempt of a request is counted with its status and its wait', async () => {
  const metrics = createMetrics();
  await using server = await serve(({ method }, index) => ({
    status: method === 'DELETE' ? 404 : index === 0 ? 503 : 200,
    json: method === 'DELETE' ? { code: 'NOT_FOUND', message: 'Not found' } : {},
  }));
  await using api = connect(server.url, {
    onRequest: metrics.requestEnded,
    throttle: { requestsPerSecond: 10_000, burst: 10_000, concurrency: 1 },
  });
  await api.get('/machines/a');
  await api.remove('/machines/b');
  const { text } = await metrics.text(quiet);
  expect(samplesOf(text).filter((line) => line.includes('_requests_total'))).toEqual([
    'holdfast_api_requests_total{method="GET",status="503"} 1',
    'holdfast_api_requests_total{method="GET",status="200"} 1',
    'holdfast_api_requests_total{method="DELETE",status="404"} 1',
  ]);
  expect(text).toContain('holdfast_api_throttle_wait_seconds_count 3');
});

/** The report of a pass over machines that have these labels, in this order. */
const labelled = (...labels: readonly (Readonly<Record<string, string>> | undefined)[]) =>
  reportWith({
    resources: labels.map((own, i) => ({
      ...resource,
      name: `m${i}`,
      status: 'inSync' as const,
      ...(own ? { labels: own } : {}),
    })),
  });

test('resources are counted by the labels that the settings list, and by no others', async () => {
  let keys: readonly string[] = ['owner', 'cost.centre'];
  const metrics = createMetrics(() => keys);
  const samples = async () =>
    samplesOf((await metrics.text(quiet)).text).filter((line) =>
      line.startsWith('holdfast_resources'),
    );
  const report = labelled(
    { owner: 'ml', env: 'prod' },
    { owner: 'ml', 'cost.centre': '7' },
    { owner: 'ml', env: 'dev' },
    undefined,
  );
  metrics.passEnded(report, []);
  const labels = (owner: string, centre: string): string =>
    `holdfast_resources{kind="machines",status="inSync",label_owner="${owner}",label_cost_centre="${centre}"}`;
  expect(await samples()).toEqual([
    `${labels('ml', '')} 2`,
    `${labels('ml', '7')} 1`,
    `${labels('', '')} 1`,
  ]);
  keys = [];
  metrics.passEnded(report, []);
  expect(await samples()).toEqual(['holdfast_resources{kind="machines",status="inSync"} 4']);
});

test('a label has at most 100 values, the most frequent ones, and the rest are counted together', async () => {
  const values = Array.from({ length: 150 }, (_, i) => `v${String(i).padStart(3, '0')}`);
  const metrics = createMetrics(() => ['owner']);
  metrics.passEnded(labelled(...[...values, 'v149', 'v149'].map((owner) => ({ owner })), {}), []);
  const { text } = await metrics.text(quiet);
  const counts = new Map(
    [...text.matchAll(/^holdfast_resources\{.*label_owner="(.*)"\} (\d+)$/gm)].map(
      ([, owner, count]) => [owner, Number(count)] as const,
    ),
  );
  expect(counts.size).toBe(102);
  expect(Object.fromEntries(counts)).toMatchObject({ v000: 1, v098: 1, v149: 3, other: 50, '': 1 });
  expect(counts.has('v099')).toBe(false);
});

test('budgets have the share that is spent, as long as there are budgets', async () => {
  const of = (name: string, spent: number) => ({ ...spentBudget, name, spent });
  const budgets = [of('ml', 1640), of('a "b"', 2500)];
  const metric = 'holdfast_budget_spent_ratio';
  expect(await told(metric, reportWith({ budgets }))).toEqual([
    `${metric}{budget="ml"} 0.82`,
    String.raw`holdfast_budget_spent_ratio{budget="a \"b\""} 1.25`,
  ]);
  expect(await told(metric, reportWith({ budgets }), reportWith())).toEqual([]);
});
