import type { Outcome, Verb } from '../../src/model/pass/plan.ts';
import type { Report, ReportedAction } from '../../src/model/pass/report.ts';
import { reportWith } from '../support/reports.ts';

/** An action of a report. */
export const actionOf = (
  verb: Verb,
  outcome: Outcome['result'],
  over: Partial<ReportedAction> = {},
): ReportedAction => ({
  id: `machines/m:${verb}`,
  verb,
  kind: 'machines',
  name: 'm',
  relation: null,
  member: null,
  resourceId: null,
  changes: [],
  requires: [],
  outcome,
  error: outcome === 'blocked' ? 'a limit' : null,
  note: null,
  attempts: 0,
  ...over,
});

/** A cost whose change is `change` USD/h. */
export const costOf = (change: number, unpriced: readonly string[] = []): Report['cost'] => ({
  currency: 'USD',
  unpriced,
  hourly: { managed: 0, unmanaged: 0, change },
  monthly: { change: 0 },
});

/** The report of a plan with these actions. */
export function planWith(actions: readonly ReportedAction[]): Report {
  const counts = { create: 0, update: 0, assign: 0, unassign: 0, start: 0, stop: 0, delete: 0 };
  for (const { verb, outcome } of actions) if (outcome !== 'blocked') counts[verb] += 1;
  const { summary } = reportWith();
  return reportWith({ actions, summary: { ...summary, actions: counts } });
}
