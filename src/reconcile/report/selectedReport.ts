import type { Report } from '../../model/pass/report.ts';
import { addressOf } from '../../model/resource.ts';
import type { Selection } from '../guard/selection.ts';
import { summaryOf } from './report.ts';

/**
 * The report on a selection: of its resources, with the reason for those that are only included. The report itself,
 * without a selection. Pure.
 */
export function selectedReport(report: Report, selection: Selection | undefined): Report {
  if (!selection) return report;
  const resources = report.resources.flatMap((resource) => {
    const because = selection.included.get(addressOf(resource.kind, resource.name));
    if (because === undefined) return [];
    return [because === null ? resource : { ...resource, included: because }];
  });
  const { actions } = report.summary;
  return { ...report, resources, summary: { ...summaryOf(resources, report.actions), actions } };
}

/** Joins the selections of a pass and of the pass that continues it: what one of them needs may be done in the next. */
export const joinedSelection = (
  before: Selection | undefined,
  next: Selection | undefined,
): Selection | undefined =>
  before && next
    ? { ...next, included: new Map([...before.included, ...next.included]) }
    : (next ?? before);
