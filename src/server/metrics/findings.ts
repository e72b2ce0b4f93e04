import { Gauge, type Registry } from 'prom-client';
import type { Report } from '../../model/pass/report.ts';

/** The metrics of what the last pass found. Returns the function that sets them. */
export function findingMetrics(registry: Registry): (report: Report) => void {
  const resources = resourceMetric(registry);
  const blocked = blockedMetric(registry);
  const cost = costMetric(registry);
  return (report) => {
    resources(report);
    blocked(report);
    cost(report);
  };
}

function resourceMetric(registry: Registry): (report: Report) => void {
  const resources = new Gauge({
    name: 'holdfast_resources',
    help: 'Resources by kind and status after the last pass.',
    labelNames: ['kind', 'status'],
    registers: [registry],
  });
  let counted: Report['resources'] | undefined;
  return ({ resources: found }) => {
    // Reports that found the same resources share the array.
    if (counted === found) return;
    counted = found;
    resources.reset();
    for (const [kind, ofKind] of Map.groupBy(found, (resource) => resource.kind))
      for (const [status, { length }] of Map.groupBy(ofKind, (resource) => resource.status))
        resources.set({ kind, status }, length);
  };
}

function blockedMetric(registry: Registry): (report: Report) => void {
  const blocked = new Gauge({
    name: 'holdfast_blocked_actions',
    help: 'Actions that were blocked in the last pass.',
    labelNames: ['kind', 'verb'],
    registers: [registry],
  });
  return ({ actions }) => {
    blocked.reset();
    for (const { kind, verb, outcome } of actions)
      if (outcome === 'blocked') blocked.inc({ kind, verb });
  };
}

function costMetric(registry: Registry): (report: Report) => void {
  const cost = new Gauge({
    name: 'holdfast_cost_hourly_usd',
    help: 'Cost of machines in USD/h; owner: managed or unmanaged by Holdfast.',
    labelNames: ['owner'],
    registers: [registry],
  });
  return ({ cost: { hourly } }) => {
    cost.set({ owner: 'managed' }, hourly.managed);
    cost.set({ owner: 'unmanaged' }, hourly.unmanaged);
  };
}
