// The metrics of a daemon. In: what ends (passes, requests, notifications, webhooks), and the state at the time of a
// scrape. Out: Prometheus' text. Each file of `metrics/` has those of one subject. docs/monitoring.md lists all.

import { AggregatorRegistry, Registry } from 'prom-client';
import type { EndedRequest } from '../model/api.ts';
import type { Report } from '../model/pass/report.ts';
import type { Repair } from '../model/pass/trend.ts';
import { hookMetrics, notificationMetrics } from './metrics/deliveries.ts';
import { findingMetrics } from './metrics/findings.ts';
import { passMetrics, repairMetrics } from './metrics/passes.ts';
import { requestMetrics } from './metrics/requests.ts';
import { stateMetrics, type Measured } from './metrics/state.ts';

/** The metrics of a workspace at one moment. */
export type MetricValues = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** The metrics of one workspace (INTERFACE 5), in their own registry. */
export interface Metrics {
  /** Counts a pass and its repairs. To be called once per pass that ends. */
  readonly passEnded: (report: Report, repairs: readonly Repair[]) => void;
  /** Counts an API request. To be called once per request, retries included. */
  readonly requestEnded: (request: EndedRequest) => void;
  /** Counts an attempt to deliver a notification. */
  readonly notificationEnded: (sink: string, outcome: string) => void;
  /** Counts a webhook. */
  readonly hookEnded: (forge: string, result: string) => void;
  /** The values of all metrics. */
  values(now: Measured): Promise<MetricValues>;
  /** All metrics in Prometheus' text format. */
  text(now: Measured): Promise<{ readonly type: string; readonly text: string }>;
}

/**
 * Makes metrics without any counts. `labels`: the keys of labels that `holdfast_resources` has. Default: none.
 * `workspace`: the label of all metrics. Default: none.
 */
export function createMetrics(
  labels: () => readonly string[] = () => [],
  workspace?: string,
): Metrics {
  const registry = new Registry();
  if (workspace !== undefined) registry.setDefaultLabels({ workspace });
  const countRequest = requestMetrics(registry);
  const countPass = passMetrics(registry);
  const countRepairs = repairMetrics(registry);
  const setFindings = findingMetrics(registry, labels);
  const setState = stateMetrics(registry);
  return {
    passEnded(report, repairs) {
      countPass(report);
      countRepairs(repairs);
      setFindings(report);
    },
    requestEnded: countRequest,
    notificationEnded: notificationMetrics(registry),
    hookEnded: hookMetrics(registry),
    async values(now) {
      setState(now);
      return await registry.getMetricsAsJSON();
    },
    async text(now) {
      setState(now);
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

/** The metrics of several workspaces in Prometheus' text format. */
export async function mergedText(
  all: readonly MetricValues[],
): Promise<{ readonly type: string; readonly text: string }> {
  const registry = AggregatorRegistry.aggregate([...all]);
  return { type: registry.contentType, text: await registry.metrics() };
}
