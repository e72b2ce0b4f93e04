import { expect, test } from 'vitest';
import type { Report } from '../../src/model/pass/report.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { bench } from '../support/passes.ts';
import { reportWith } from '../support/reports.ts';
import { connect } from '../support/apiClient.ts';
import { serve } from '../support/server.ts';
import { want } from '../support/team.ts';

const now = { configValid: true, configAge: 7.5, rateLimit: 10, passSeconds: 0, suspended: false };

/** The samples of a metrics text, without buckets. */
const samplesOf = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line !== '' && !/^#|_bucket/.test(line));

/** The samples of one metric after these passes. */
async function told(metric: string, ...reports: readonly Report[]) {
  const metrics = createMetrics();
  for (const report of reports) metrics.passEnded(report);
  return samplesOf((await metrics.text(now)).text).filter((line) => line.startsWith(metric));
}

test('every metric has its name and its labels', async () => {
  const metrics = createMetrics();
  await using it = await bench();
  metrics.passEnded(await it.pass([want('privateNetworks', 'a', { region: 'ny2' })]));
  metrics.requestEnded({ method: 'GET', status: 200, waitedMs: 20 });
  metrics.notificationEnded('slack-1a2b3c4d', 'delivered');
  metrics.hookEnded('github', 'accepted');
  const { type, text } = await metrics.text(now);
  expect(type).toContain('text/plain');
  const names = samplesOf(text).map((line) => line.replace(/ .*/, '').replaceAll(/"[^"]*"/g, ''));
  expect([...new Set(names)].toSorted()).toEqual([
    'holdfast_actions_total{verb=,outcome=}',
    'holdfast_api_rate_limit',
    'holdfast_api_requests_total{method=,status=}',
    'holdfast_api_throttle_wait_seconds_count',
    'holdfast_api_throttle_wait_seconds_sum',
    'holdfast_config_age_seconds',
    'holdfast_config_valid',
    'holdfast_cost_hourly_usd{owner=}',
    'holdfast_hooks_total{forge=,result=}',
    'holdfast_last_success_timestamp_seconds',
    'holdfast_notifications_total{sink=,outcome=}',
    'holdfast_pass_duration_seconds_count',
    'holdfast_pass_duration_seconds_sum',
    'holdfast_pass_running_seconds',
    'holdfast_passes_total{trigger=,result=}',
    'holdfast_resources{kind=,status=}',
    'holdfast_suspended',
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
  await metrics.text(now);
  const { text } = await metrics.text({
    configValid: false,
    configAge: 60,
    rateLimit: 2.5,
    passSeconds: 12,
    suspended: true,
  });
  expect(samplesOf(text)).toEqual(
    expect.arrayContaining([
      'holdfast_config_valid 0',
      'holdfast_config_age_seconds 60',
      'holdfast_api_rate_limit 2.5',
      'holdfast_pass_running_seconds 12',
      'holdfast_suspended 1',
    ]),
  );
});

test('two servers count separately', async () => {
  const [first, second] = [createMetrics(), createMetrics()];
  first.passEnded(reportWith());
  expect((await second.text(now)).text).not.toContain('holdfast_passes_total{');
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
  const { text } = await metrics.text(now);
  expect(samplesOf(text).filter((line) => line.includes('_requests_total'))).toEqual([
    'holdfast_api_requests_total{method="GET",status="503"} 1',
    'holdfast_api_requests_total{method="GET",status="200"} 1',
    'holdfast_api_requests_total{method="DELETE",status="404"} 1',
  ]);
  expect(text).toContain('holdfast_api_throttle_wait_seconds_count 3');
});
