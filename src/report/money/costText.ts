import type { Report, ReportedResource } from '../../model/pass/report.ts';
import { moneyText, rateChangeText } from '../../model/text/money.ts';

/** The cost of a team, and the change by the plan or by what was done, as parts of a line. Empty without costs. */
export function costTexts({ cost, actions }: Pick<Report, 'cost' | 'actions'>): readonly string[] {
  const { managed, unmanaged, change } = cost.hourly;
  const known = cost.known ?? { hourly: cost.unpriced.length === 0, change: true };
  const isPlan = actions.some(({ outcome }) => outcome === 'planned');
  const total = managed + unmanaged + (isPlan ? 0 : change);
  const atLeast = known.hourly ? '' : 'at least ';
  const changed = known.change ? rateChangeText(change) : 'the change is not known';
  return [
    ...(total > 0 || change !== 0 ? [`${atLeast}${moneyText(total)} USD/h now, ${changed}`] : []),
    ...(cost.unpriced.length > 0
      ? [`no price known for ${cost.unpriced.join(', ')} (settings.prices)`]
      : []),
  ];
}

/** What a resource costs, or how its actions change that: `+0.62 USD/h (+452.60 USD/month)`. Empty if nothing is known. */
export function resourceCostText({ cost }: Pick<ReportedResource, 'cost'>): string {
  if (!cost) return '';
  const { hourly, change } = cost;
  if (change === null) return 'the change of its cost is not known';
  if (change !== undefined && change !== 0) return rateChangeText(change);
  if (hourly === null) return 'its cost is not known';
  return hourly === 0 ? '' : `${moneyText(hourly)} USD/h`;
}
