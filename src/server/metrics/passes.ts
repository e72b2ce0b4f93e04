import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Report } from '../../model/pass/report.ts';
import type { Repair } from '../../model/pass/trend.ts';

/** In seconds. A pass is a few requests, or a wait of many minutes. */
const passBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** The metrics of passes. Returns the function that counts one. */
export function passMetrics(registry: Registry): (report: Report) => void {
  const registers = [registry];
  const passes = new Counter({
    name: 'holdfast_passes_total',
    help: 'Passes that have ended; result: ok, failed (an action or a resource), incomplete (a list).',
    labelNames: ['trigger', 'result'],
    registers,
  });
  const duration = new Histogram({
    name: 'holdfast_pass_duration_seconds',
    help: 'Duration of passes.',
    buckets: passBuckets,
    registers,
  });
  const actions = new Counter({
    name: 'holdfast_actions_total',
    help: 'Actions by outcome; planned actions are not counted.',
    labelNames: ['verb', 'outcome'],
    registers,
  });
  const success = new Gauge({
    name: 'holdfast_last_success_timestamp_seconds',
    help: 'Time of the last pass in which nothing failed and every list was complete.',
    registers,
  });
  success.remove();
  return (report) => {
    const { trigger, startedAt, finishedAt } = report;
    passes.inc({ trigger, result: resultOf(report) });
    duration.observe((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
    for (const { verb, outcome } of report.actions)
      if (outcome !== 'planned') actions.inc({ verb, outcome });
    if (resultOf(report) === 'ok') success.set(Date.parse(finishedAt) / 1000);
  };
}

/** In seconds, from the end of a pass to a week. */
const repairBuckets = [1, 10, 60, 300, 900, 3600, 14_400, 43_200, 86_400, 259_200, 604_800];

/** The metric of times to repair. Returns the function that counts the repairs of a pass. */
export function repairMetrics(registry: Registry): (repairs: readonly Repair[]) => void {
  const repairTimes = new Histogram({
    name: 'holdfast_repair_duration_seconds',
    help: 'Times to repair: how long resources needed attention, whatever their statuses in between.',
    labelNames: ['kind'],
    buckets: repairBuckets,
    registers: [registry],
  });
  return (repairs) => {
    for (const { kind, seconds } of repairs) repairTimes.observe({ kind }, seconds);
  };
}

function resultOf({ complete, summary, actions }: Report): 'ok' | 'failed' | 'incomplete' {
  if (summary.failed > 0 || actions.some(({ outcome }) => outcome === 'failed')) return 'failed';
  return complete ? 'ok' : 'incomplete';
}
