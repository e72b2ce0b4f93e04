import type { Report, ReportedAction } from '../model/pass/report.ts';
import { hoursPerMonth } from '../model/text/money.ts';

/** A report as this version or an earlier one wrote it. The first versions left these properties out. */
export interface StoredReport extends Omit<Report, 'actions' | 'cost'> {
  readonly actions: readonly (Omit<ReportedAction, LaterProperty> &
    Partial<Pick<ReportedAction, LaterProperty>>)[];
  readonly cost: Omit<Report['cost'], 'unpriced' | 'monthly'> &
    Partial<Pick<Report['cost'], 'unpriced' | 'monthly'>>;
}

type LaterProperty = 'relation' | 'member' | 'note';

/** Adds to a report what an earlier version left out. What such a report does not say is null, or unknown. Pure. */
export const completeReport = (stored: StoredReport): Report => ({
  ...stored,
  actions: stored.actions.map((action) => ({
    relation: null,
    member: null,
    note: null,
    ...action,
  })),
  cost: completeCost(stored.cost),
});

const completeCost = ({ unpriced, monthly, ...cost }: StoredReport['cost']): Report['cost'] => ({
  ...cost,
  ...(unpriced ? {} : { known: { hourly: false, change: false } }),
  unpriced: unpriced ?? [],
  monthly: monthly ?? { change: cost.hourly.change * hoursPerMonth },
});
