import { Gauge, type Registry } from 'prom-client';
import type { Report } from '../../model/pass/report.ts';
import { metricLabelOf } from '../../model/selection/labels.ts';
import { countByLabels } from './countByLabels.ts';

/** The metrics of what the last pass found. Returns the function that sets them. `labels`: see `resourceMetric`. */
export function findingMetrics(
  registry: Registry,
  labels: () => readonly string[],
): (report: Report) => void {
  const resources = resourceMetric(registry, labels);
  const blocked = blockedMetric(registry);
  const cost = costMetric(registry);
  const budgets = budgetMetric(registry);
  return (report) => {
    resources(report);
    blocked(report);
    cost(report);
    budgets(report);
  };
}

const resourcesName = 'holdfast_resources';

/**
 * The metric of resources. `labels`: the keys of the labels that it has, besides kind and status. They are settings, so
 * they may change; another metric then takes its place.
 */
function resourceMetric(
  registry: Registry,
  labels: () => readonly string[],
): (report: Report) => void {
  let keys = labels();
  let resources = gaugeWith(registry, keys);
  let counted: Report['resources'] | undefined;
  return ({ resources: found }) => {
    const wanted = labels();
    const isSame = wanted.length === keys.length && wanted.every((key, i) => key === keys[i]);
    // Reports that found the same resources share the array.
    if (isSame && counted === found) return;
    if (!isSame) {
      keys = wanted;
      registry.removeSingleMetric(resourcesName);
      resources = gaugeWith(registry, keys);
    }
    counted = found;
    resources.reset();
    for (const { values, count } of countByLabels(found, keys)) resources.set(values, count);
  };
}

const gaugeWith = (registry: Registry, keys: readonly string[]): Gauge =>
  new Gauge({
    name: resourcesName,
    help: 'Resources by kind and status after the last pass.',
    labelNames: ['kind', 'status', ...keys.map(metricLabelOf)],
    registers: [registry],
  });

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

function budgetMetric(registry: Registry): (report: Report) => void {
  const ratio = new Gauge({
    name: 'holdfast_budget_spent_ratio',
    help: 'The share of the budget that is spent this month; 1: all of it.',
    labelNames: ['budget'],
    registers: [registry],
  });
  return ({ budgets }) => {
    ratio.reset();
    for (const { name, spent, monthly } of budgets ?? [])
      ratio.set({ budget: name }, spent / monthly);
  };
}
