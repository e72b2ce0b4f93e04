import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EndedRequest } from '../model/api.ts';
import type { Report } from '../model/pass/report.ts';

/** What is so at the moment of a scrape. */
export interface Measured {
  /** Whether the config that lies there is the one in force. */
  readonly configValid: boolean;
  /** Seconds since the config in force came into force. */
  readonly configAge: number;
  /** Requests a second that the throttle allows now; undefined before there is one. */
  readonly rateLimit: number | undefined;
  /** Seconds since the pass under way began; 0: there is none. */
  readonly passSeconds: number;
}

/** The metrics of one daemon (INTERFACE 5), in a registry of their own. */
export interface Metrics {
  readonly passEnded: (report: Report) => void;
  readonly requestEnded: (request: EndedRequest) => void;
  /** In Prometheus' text format. */
  text(now: Measured): Promise<{ readonly type: string; readonly text: string }>;
}

/** Seconds: a pass is a few requests, or a wait of many minutes. */
const passBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** Seconds that a request waits for its turn. */
const waitBuckets = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Metrics that know of nothing yet. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const requests = requestMetrics(registry);
  const passes = passMetrics(registry);
  const state = stateMetrics(registry);
  return {
    passEnded: passes,
    requestEnded: requests,
    async text(now) {
      state(now);
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

function requestMetrics(registry: Registry): Metrics['requestEnded'] {
  const registers = [registry];
  const requests = new Counter({
    name: 'holdfast_api_requests_total',
    help: 'Requests sent to the Paperspace API; status none: no answer came.',
    labelNames: ['method', 'status'],
    registers,
  });
  const waits = new Histogram({
    name: 'holdfast_api_throttle_wait_seconds',
    help: 'How long requests waited for the throttle.',
    buckets: waitBuckets,
    registers,
  });
  return ({ method, status, waitedMs }) => {
    requests.inc({ method, status: String(status ?? 'none') });
    waits.observe(waitedMs / 1000);
  };
}

function passMetrics(registry: Registry): Metrics['passEnded'] {
  const registers = [registry];
  const passes = new Counter({
    name: 'holdfast_passes_total',
    help: 'Passes that have ended; result: ok, failed (an action or a resource), incomplete (a listing).',
    labelNames: ['trigger', 'result'],
    registers,
  });
  const duration = new Histogram({
    name: 'holdfast_pass_duration_seconds',
    help: 'How long passes took.',
    buckets: passBuckets,
    registers,
  });
  const actions = new Counter({
    name: 'holdfast_actions_total',
    help: 'Actions of passes by how they ended; what a pass only planned is not counted.',
    labelNames: ['verb', 'outcome'],
    registers,
  });
  const resources = new Gauge({
    name: 'holdfast_resources',
    help: 'Resources by kind and status, as the last pass found them.',
    labelNames: ['kind', 'status'],
    registers,
  });
  const cost = new Gauge({
    name: 'holdfast_cost_hourly_usd',
    help: 'USD an hour for machines; owner: managed, or unmanaged by Holdfast.',
    labelNames: ['owner'],
    registers,
  });
  const success = new Gauge({
    name: 'holdfast_last_success_timestamp_seconds',
    help: 'When the last pass ended in which nothing failed and every listing was complete.',
    registers,
  });
  success.remove();
  let counted: Report['resources'] | undefined;
  return (report) => {
    const { trigger, startedAt, finishedAt } = report;
    passes.inc({ trigger, result: resultOf(report) });
    duration.observe((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
    for (const { verb, outcome } of report.actions)
      if (outcome !== 'planned') actions.inc({ verb, outcome });
    if (counted !== report.resources) {
      // Reports that found the same share what they found.
      counted = report.resources;
      resources.reset();
      for (const [kind, ofKind] of Map.groupBy(report.resources, (one) => one.kind))
        for (const [status, { length }] of Map.groupBy(ofKind, (one) => one.status))
          resources.set({ kind, status }, length);
    }
    cost.set({ owner: 'managed' }, report.cost.hourly.managed);
    cost.set({ owner: 'unmanaged' }, report.cost.hourly.unmanaged);
    if (resultOf(report) === 'ok') success.set(Date.parse(finishedAt) / 1000);
  };
}

function stateMetrics(registry: Registry): (now: Measured) => void {
  const registers = [registry];
  const rate = new Gauge({
    name: 'holdfast_api_rate_limit',
    help: 'Requests a second that the throttle allows now.',
    registers,
  });
  const valid = new Gauge({
    name: 'holdfast_config_valid',
    help: '1 when the config that lies there is in force, 0 when it is not valid.',
    registers,
  });
  const age = new Gauge({
    name: 'holdfast_config_age_seconds',
    help: 'How long ago the config in force came into force.',
    registers,
  });
  const running = new Gauge({
    name: 'holdfast_pass_running_seconds',
    help: 'How long the pass under way has taken so far; 0: there is none.',
    registers,
  });
  return ({ configValid, configAge, rateLimit, passSeconds }) => {
    running.set(passSeconds);
    if (rateLimit === undefined) rate.remove();
    else rate.set(rateLimit);
    valid.set(configValid ? 1 : 0);
    age.set(configAge);
  };
}

/** How a pass ended, in a word. */
function resultOf({ complete, summary, actions }: Report): 'ok' | 'failed' | 'incomplete' {
  if (summary.failed > 0 || actions.some(({ outcome }) => outcome === 'failed')) return 'failed';
  return complete ? 'ok' : 'incomplete';
}
