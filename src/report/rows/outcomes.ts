import type { Status } from '../../model/pass/plan.ts';
import type { ReportedAction, ReportedResource } from '../../model/pass/report.ts';

/** Whether an action did not do what it should have done. */
export const isUndone = ({ outcome }: ReportedAction): boolean =>
  outcome === 'failed' || outcome === 'blocked' || outcome === 'skipped';

/** The greatest number of steps that a text names. */
const maxNamed = 3;

/**
 * The outcomes of the actions of one resource that are neither planned nor done, with their errors: each error once,
 * with its steps if it is not that of all of them. A step that only waits for another step of the resource has none.
 */
export function outcomeTexts(actions: readonly ReportedAction[]): readonly string[] {
  const undone = new Set(actions.filter(isUndone).map(({ id }) => id));
  const groups = Map.groupBy(
    actions.filter(
      (action) => (isUndone(action) || action.outcome === 'pending') && !waits(action, undone),
    ),
    ({ outcome, error }) => JSON.stringify([outcome, error]),
  );
  const isCommon = groups.size === 1 && new Set(actions.map(({ outcome }) => outcome)).size === 1;
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const steps = isCommon ? '' : `${namesOf(group)} `;
    return [`${steps}${first.outcome}${first.error ? `: ${first.error}` : ''}`];
  });
}

/** Whether an action was not tried only because another action of its resource is not done. */
function waits({ outcome, error, requires }: ReportedAction, undone: ReadonlySet<string>): boolean {
  if (outcome === 'skipped') return requires.some((id) => undone.has(id));
  return outcome === 'blocked' && undone.has((error ?? '').replace(/^waits for /, ''));
}

function namesOf(actions: readonly ReportedAction[]): string {
  const names = actions
    .slice(0, maxNamed)
    .map(({ verb, relation, member }) =>
      relation === null ? verb : `${verb} ${relation}/${member}`,
    );
  const more = actions.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** The statuses whose reason a person needs beside the outcomes of the actions. */
const explained: ReadonlySet<Status> = new Set(['blocked', 'contended', 'failed', 'ambiguous']);

/** The part of a resource's reason that the errors of its actions do not say; empty if there is none. */
export function untoldReason(
  { status, reason }: ReportedResource,
  actions: readonly ReportedAction[],
): string {
  if (reason === null || !explained.has(status)) return '';
  const told = actions.flatMap(({ id, error }) =>
    error === null ? [] : [error, `${id}: ${error}`],
  );
  if (told.includes(reason)) return '';
  const end = told.find((text) => reason.endsWith(`; ${text}`));
  return end === undefined ? reason : reason.slice(0, -`; ${end}`.length);
}
