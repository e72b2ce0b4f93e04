// The conditions of resources. In: the stored conditions and a report. Out: the differences to write.
// A resource is open from the pass in which it begins to need attention until one in which it no longer does, whatever
// its statuses in between. An incomplete pass opens nothing, and closes nothing of a kind that it did not list
// completely. What it leaves undecided, the next complete pass decides.

import type { Condition } from '../../model/memory.ts';
import { needsAttention } from '../../model/pass/attention.ts';
import type { Status } from '../../model/pass/plan.ts';
import type { Report, ReportedResource } from '../../model/pass/report.ts';
import { addressOf, splitAddress, type Address } from '../../model/resource.ts';
import { partsOf, upsert } from '../rows.ts';
import type { Database } from '../schema/tables.ts';

/**
 * Reads the conditions that the last pass found, ordered by address. `intern` may return one string for all equal
 * strings.
 */
export async function readConditions(
  database: Database,
  intern: (text: string) => string = (text) => text,
): Promise<readonly Condition[]> {
  const rows = await database.selectFrom('conditions').selectAll().orderBy('address').execute();
  return rows.map(({ address, status, since, reason, open_since: openSince }) => ({
    address: intern(address) as Address,
    status: intern(status) as Status,
    since: intern(since),
    reason,
    openSince: openSince === null ? null : intern(openSince),
  }));
}

/** The differences between a report and the stored conditions: conditions to write, and addresses to delete. */
export interface ConditionChanges {
  readonly write: readonly Condition[];
  readonly forget: readonly Address[];
}

/** The stored conditions before a pass. */
export type Conditions = ReadonlyMap<Address, Condition>;

/** Whether a pass has seen all resources of a kind. */
export const isListed = (
  { complete, incomplete }: Pick<Report, 'complete' | 'incomplete'>,
  kind: string,
): boolean => complete || incomplete.every((list) => list.kind !== kind);

/**
 * Compares a report with the stored conditions. Most resources do not change between passes, so only the differences
 * are written. Pure.
 */
export function changedConditions(before: Conditions, report: Report): ConditionChanges {
  if (isUnchanged(before, report)) return { write: [], forget: [] };
  const now = new Map(
    report.resources.map((resource) => {
      const address = addressOf(resource.kind, resource.name);
      return [address, conditionOf(resource, before.get(address), report)] as const;
    }),
  );
  return {
    write: [...now.values()].filter((condition) =>
      differs(condition, before.get(condition.address)),
    ),
    forget: [...before.values()]
      .filter((condition) => !now.has(condition.address) && isGone(condition, report))
      .map(({ address }) => address),
  };
}

/** Whether every resource has the same status as before, and no reason, and none is left undecided. */
function isUnchanged(before: Conditions, { resources, finishedAt, complete }: Report): boolean {
  if (resources.length !== before.size) return false;
  if (!resources.every(({ since, reason }) => since !== finishedAt && reason === null))
    return false;
  return !complete || before.values().every(isDecided);
}

const isDecided = ({ status, openSince }: Condition): boolean =>
  needsAttention(status) === (openSince !== null);

function conditionOf(
  { kind, name, status, since, reason }: ReportedResource,
  before: Condition | undefined,
  report: Report,
): Condition {
  const openBefore = before?.openSince ?? null;
  const opened = report.complete ? (openBefore ?? since) : openBefore;
  const closed = isListed(report, kind) ? null : openBefore;
  const openSince = needsAttention(status) ? opened : closed;
  return { address: addressOf(kind, name), status, since, reason, openSince };
}

const differs = (
  { status, reason, openSince }: Condition,
  stored: Condition | undefined,
): boolean =>
  stored?.status !== status || stored.reason !== reason || stored.openSince !== openSince;

/** Whether a resource that a report lacks is gone: a partial list may lack one that is still open. */
const isGone = ({ address, openSince }: Condition, report: Report): boolean =>
  openSince === null || isListed(report, splitAddress(address).kind);

/** Writes the differences between a report and the stored conditions. */
export async function noteConditions(
  database: Database,
  { write, forget }: ConditionChanges,
): Promise<void> {
  const rows = write.map(({ openSince, ...condition }) => ({
    ...condition,
    open_since: openSince,
  }));
  await upsert(database, 'conditions', ['address'], rows);
  for (const part of partsOf(forget))
    await database.deleteFrom('conditions').where('address', 'in', part).execute();
}
