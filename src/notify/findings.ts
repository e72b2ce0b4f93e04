import type { Alert, AlertClass } from '../model/notify/alert.ts';
import { budgetStageText } from '../model/money/budget.ts';
import type { Status } from '../model/pass/plan.ts';
import { expiryText } from '../model/pass/expiry.ts';
import type { Report, ReportedResource } from '../model/pass/report.ts';
import { addressOf, type Address } from '../model/resource.ts';

/** What a pass found that may open, keep, or resolve alerts. */
export interface Findings extends Pick<Report, 'workspace' | 'pass' | 'complete'> {
  /** When the pass ended, RFC 3339. */
  readonly at: string;
  readonly alerts: readonly Alert[];
  /** The resources that the API is at work on: their alerts stay as they are. */
  readonly pending: ReadonlySet<Address>;
}

const classOf: { readonly [S in Status]?: AlertClass } = {
  drifted: 'drift',
  missing: 'drift',
  blocked: 'blocked',
  ambiguous: 'blocked',
  failed: 'failed',
  contended: 'contended',
};

/** The alert of an expiry. A resource that its expiry has deleted needs none. */
function expiryAlert({ kind, name, id, expiry }: ReportedResource, at: string): readonly Alert[] {
  if (!expiry) return [];
  const isGone = expiry.state === 'over' && expiry.onExpiry === 'delete' && id === null;
  return isGone ? [] : [{ class: 'expiry', kind, name, since: at, reason: expiryText(expiry) }];
}

/** The alerts of the budgets that are nearly or fully spent. */
const budgetAlerts = ({ budgets, startedAt, finishedAt }: Report): readonly Alert[] =>
  (budgets ?? []).flatMap((budget) =>
    budget.state === 'ok'
      ? []
      : [
          {
            class: 'budget',
            kind: null,
            name: budget.name,
            since: finishedAt,
            reason: budgetStageText(budget, startedAt),
          },
        ],
  );

/** Returns the findings of a pass. `configError`: why the present config is not in force; undefined if it is. */
export function findingsOf(report: Report, configError: string | undefined): Findings {
  const { workspace, pass, complete, finishedAt: at, resources, incomplete } = report;
  const lists = incomplete.map(({ kind, error }) => `${kind}: ${error}`).join('; ');
  const alerts = resources.flatMap((resource): readonly Alert[] => {
    const { kind, name, status, since, reason, labels } = resource;
    const alertClass = classOf[status];
    if (alertClass === undefined) return [];
    return [{ class: alertClass, kind, name, ...(labels ? { labels } : {}), since, reason }];
  });
  const without = (name: AlertClass, reason: string): Alert => ({
    class: name,
    kind: null,
    name: null,
    since: at,
    reason,
  });
  return {
    workspace,
    pass,
    complete,
    at,
    alerts: [
      ...alerts,
      ...resources.flatMap((resource) => expiryAlert(resource, at)),
      ...budgetAlerts(report),
      ...(complete ? [] : [without('incomplete', lists)]),
      ...(configError === undefined ? [] : [without('config', configError)]),
    ],
    pending: new Set(
      resources.flatMap(({ kind, name, status }) =>
        status === 'pending' ? [addressOf(kind, name)] : [],
      ),
    ),
  };
}
