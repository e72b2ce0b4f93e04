import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EndedRequest } from '../model/api.ts';
import type { Report } from '../model/pass/report.ts';

/** The values at the time of a scrape. */
export interface Measured {
  /** Whether the present config files are in force. */
  readonly configValid: boolean;
  /** Seconds since the present config came into force. */
  readonly configAge: number;
  /** When the repository was last looked up, in milliseconds since 1970; undefined: there is none, or not yet. */
  readonly lastFetch?: number | undefined;
  /** The requests per second that the throttle allows; undefined before there is a throttle. */
  readonly rateLimit: number | undefined;
  /** Whether everything is suspended. */
  readonly suspended: boolean;
  /** Seconds since the running pass began; 0 if none is running. */
  readonly passSeconds: number;
}

/** The metrics of one daemon (INTERFACE 5), in their own registry. */
export interface Metrics {
  /** Counts a pass. To be called once per pass that ends. */
  readonly passEnded: (report: Report) => void;
  /** Counts an API request. To be called once per request, retries included. */
  readonly requestEnded: (request: EndedRequest) => void;
  /** Counts an attempt to deliver a notification. */
  readonly notificationEnded: (sink: string, outcome: string) => void;
  /** Counts a webhook. */
  readonly hookEnded: (forge: string, result: string) => void;
  /** All metrics in Prometheus' text format. */
  text(now: Measured): Promise<{ readonly type: string; readonly text: string }>;
}

/** In seconds. A pass is a few requests, or a wait of many minutes. */
const passBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** In seconds. */
const waitBuckets = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Makes metrics without any counts. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const requests = requestMetrics(registry);
  const passes = passMetrics(registry);
  const state = stateMetrics(registry);
  return {
    passEnded: passes,
    requestEnded: requests,
    notificationEnded: notificationMetrics(registry),
    hookEnded: hookMetrics(registry),
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
    help: 'Requests sent to the Paperspace API; status none: no response.',
    labelNames: ['method', 'status'],
    registers,
  });
  const waits = new Histogram({
    name: 'holdfast_api_throttle_wait_seconds',
    help: 'Time that requests waited for the throttle.',
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
  const resources = new Gauge({
    name: 'holdfast_resources',
    help: 'Resources by kind and status after the last pass.',
    labelNames: ['kind', 'status'],
    registers,
  });
  const cost = new Gauge({
    name: 'holdfast_cost_hourly_usd',
    help: 'Cost of machines in USD/h; owner: managed or unmanaged by Holdfast.',
    labelNames: ['owner'],
    registers,
  });
  const success = new Gauge({
    name: 'holdfast_last_success_timestamp_seconds',
    help: 'Time of the last pass in which nothing failed and every list was complete.',
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
      // Reports that found the same resources share the array.
      counted = report.resources;
      resources.reset();
      for (const [kind, ofKind] of Map.groupBy(report.resources, (resource) => resource.kind))
        for (const [status, { length }] of Map.groupBy(ofKind, (resource) => resource.status))
          resources.set({ kind, status }, length);
    }
    cost.set({ owner: 'managed' }, report.cost.hourly.managed);
    cost.set({ owner: 'unmanaged' }, report.cost.hourly.unmanaged);
    if (resultOf(report) === 'ok') success.set(Date.parse(finishedAt) / 1000);
  };
}

function notificationMetrics(registry: Registry): Metrics['notificationEnded'] {
  const attempts = new Counter({
    name: 'holdfast_notifications_total',
    help: 'Attempts to deliver a notification; outcome: delivered, retried, dropped, gone.',
    labelNames: ['sink', 'outcome'],
    registers: [registry],
  });
  return (sink, outcome) => attempts.inc({ sink, outcome });
}

function hookMetrics(registry: Registry): Metrics['hookEnded'] {
  const hooks = new Counter({
    name: 'holdfast_hooks_total',
    help: 'Webhooks; result: accepted, ignored (no push), repeated, unsigned, refused, tooLong, unreadable (the secret), off.',
    labelNames: ['forge', 'result'],
    registers: [registry],
  });
  return (forge, result) => hooks.inc({ forge, result });
}

function stateMetrics(registry: Registry): (now: Measured) => void {
  const registers = [registry];
  const rate = new Gauge({
    name: 'holdfast_api_rate_limit',
    help: 'Requests per second that the throttle allows now.',
    registers,
  });
  const valid = new Gauge({
    name: 'holdfast_config_valid',
    help: '1 if the present config files are in force, 0 if they are not valid.',
    registers,
  });
  const age = new Gauge({
    name: 'holdfast_config_age_seconds',
    help: 'Time since the present config came into force.',
    registers,
  });
  const running = new Gauge({
    name: 'holdfast_pass_running_seconds',
    help: 'Time since the running pass began; 0 if none is running.',
    registers,
  });
  const suspension = new Gauge({
    name: 'holdfast_suspended',
    help: '1 if everything is suspended, 0 if not.',
    registers,
  });
  const lastFetchTime = new Gauge({
    name: 'holdfast_git_last_fetch_timestamp_seconds',
    help: 'Time of the last successful lookup of the repository.',
    registers,
  });
  return ({ configValid, configAge, rateLimit, passSeconds, lastFetch, suspended }) => {
    suspension.set(suspended ? 1 : 0);
    running.set(passSeconds);
    if (lastFetch === undefined) lastFetchTime.remove();
    else lastFetchTime.set(lastFetch / 1000);
    if (rateLimit === undefined) rate.remove();
    else rate.set(rateLimit);
    valid.set(configValid ? 1 : 0);
    age.set(configAge);
  };
}

function resultOf({ complete, summary, actions }: Report): 'ok' | 'failed' | 'incomplete' {
  if (summary.failed > 0 || actions.some(({ outcome }) => outcome === 'failed')) return 'failed';
  return complete ? 'ok' : 'incomplete';
}
