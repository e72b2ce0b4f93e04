import type { Condition } from '../../model/memory.ts';
import type { Report } from '../../model/pass/report.ts';
import { secondsBetween, type Repair } from '../../model/pass/trend.ts';
import { addressOf, splitAddress } from '../../model/resource.ts';
import { isListed, type ConditionChanges, type Conditions } from './conditions.ts';

/**
 * Returns the repairs of a pass: the resources that needed attention after an earlier pass and no longer do, and those
 * whose changes the pass both found and carried out. Pure.
 */
export const repairsIn = (
  before: Conditions,
  changes: ConditionChanges,
  report: Report,
): readonly Repair[] => [
  ...closedBy(before, changes, report.finishedAt),
  ...withinPass(before, report),
];

function closedBy(
  before: Conditions,
  { write, forget }: ConditionChanges,
  at: string,
): readonly Repair[] {
  const closed = write.flatMap(({ address, openSince }) => (openSince === null ? [address] : []));
  return [...closed, ...forget].flatMap((address) => {
    const openSince = openSinceOf(before.get(address));
    return openSince === null
      ? []
      : [{ ...splitAddress(address), seconds: secondsBetween(openSince, at) }];
  });
}

/** The resources that were settled before the pass, and that its actions brought in sync. */
function withinPass(before: Conditions, report: Report): readonly Repair[] {
  const { actions, resources, startedAt, finishedAt } = report;
  const changed = new Set(
    actions.flatMap(({ kind, name, outcome }) =>
      outcome === 'done' && isListed(report, kind) ? [addressOf(kind, name)] : [],
    ),
  );
  if (changed.size === 0) return [];
  const seconds = secondsBetween(startedAt, finishedAt);
  return resources.flatMap(({ kind, name, status }) => {
    const address = addressOf(kind, name);
    const isRepaired = status === 'inSync' && changed.has(address);
    return isRepaired && openSinceOf(before.get(address)) === null ? [{ kind, name, seconds }] : [];
  });
}

const openSinceOf = (condition: Condition | undefined): string | null =>
  condition?.openSince ?? null;
