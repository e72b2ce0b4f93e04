import type { Status } from '../../model/pass/plan.ts';
import type { Report, ReportedAction, ReportedResource } from '../../model/pass/report.ts';
import { positionText } from '../../model/resource.ts';
import { ageText } from '../../model/time/age.ts';
import { resourceCostText } from '../money/costText.ts';
import { isUndone } from './outcomes.ts';

/**
 * Where a resource in trouble is declared, since when it has been in its status, if not since this pass, and what it
 * costs: `team.yaml:12:3 · drifted since 2026-11-29T09:55Z, 3 days · 0.77 USD/h`. Empty if there is nothing to say.
 */
export const conditionText = (
  resource: ReportedResource,
  actions: readonly ReportedAction[],
  report: Pick<Report, 'mode' | 'finishedAt'>,
): string =>
  [
    ...(resource.source && isInTrouble(resource, actions, report)
      ? [positionText(resource.source)]
      : []),
    ...sinceText(resource, report),
    ...costPart(resource, actions, report),
  ].join(' · ');

/** The statuses that a pass does not end by itself. */
const stuck: ReadonlySet<Status> = new Set(['blocked', 'failed', 'ambiguous', 'contended']);

const isInTrouble = (
  { status }: ReportedResource,
  actions: readonly ReportedAction[],
  { mode }: Pick<Report, 'mode'>,
): boolean =>
  stuck.has(status) || (status === 'drifted' && mode === 'observe') || actions.some(isUndone);

/** The change of its cost, or the cost of a resource in trouble. */
function costPart(
  resource: ReportedResource,
  actions: readonly ReportedAction[],
  report: Pick<Report, 'mode'>,
): readonly string[] {
  const { hourly = null, change = 0 } = resource.cost ?? {};
  // The summary names the types without a price.
  if (hourly === null || change === null) return [];
  const text = resourceCostText(resource);
  const isSaid = change !== 0 || isInTrouble(resource, actions, report);
  return isSaid && text !== '' ? [text] : [];
}

function sinceText(
  { status, since }: ReportedResource,
  { finishedAt }: Pick<Report, 'finishedAt'>,
): readonly string[] {
  if (status === 'inSync' || since === finishedAt) return [];
  const age = ageText((Date.parse(finishedAt) - Date.parse(since)) / 1000);
  return [`${status} since ${since.replace(/:\d\d(\.\d+)?Z$/, 'Z')}, ${age}`];
}
