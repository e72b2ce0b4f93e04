// What people may change beside the YAML, through the server (commands.ts) or on a store that no daemon holds (the
// commands of `cli/`). Each change is recorded with its audit entry in one transaction.

import { auditEntry, type AuditEntry } from '../../model/audit.ts';
import type { Report } from '../../model/pass/report.ts';
import type { Suspension, SuspensionTarget } from '../../model/pass/suspension.ts';
import type { Catalog } from '../../model/kind/kind.ts';
import { wakeEndProblem } from '../../model/pass/wake.ts';
import type { Address, DesiredState } from '../../model/resource.ts';
import type { Store } from '../../model/store.ts';
import { whyNotWakeable } from '../../reconcile/plan/power/wakeable.ts';

/** Who changes something, when, and with which config in force. */
export interface By {
  readonly actor: string;
  readonly now: Date;
  /** The Git commit of the config; null for a directory. */
  readonly commit: string | null;
}

/** Why a plan cannot be approved. */
export type ApprovalResult = 'approved' | 'older pass' | 'other digest';

/** Records that somebody requested a pass. */
export const recordRequest = (store: Pick<Store, 'addAudit'>, by: By): Promise<void> =>
  store.addAudit([entryOf('reconcile', by)]);

/** Approves the plan of a report if it is that of the last pass, and has this digest. A refusal is recorded too. */
export async function approvePlan(
  store: Pick<Store, 'approve' | 'addAudit'>,
  { report, last, digest }: { report: Report; last: string | undefined; digest: string },
  by: By,
): Promise<ApprovalResult> {
  const { pass } = report;
  const result = resultOf(report, last, digest);
  const entry = entryOf('approve', by, { pass, digest, commit: report.git?.commit ?? null });
  if (result === 'approved') await store.approve(digest, entry.at, entry);
  else await store.addAudit([{ ...entry, outcome: 'refused', detail: result }]);
  return result;
}

function resultOf(report: Report, last: string | undefined, digest: string): ApprovalResult {
  if (report.pass !== last) return 'older pass';
  return report.digest === digest ? 'approved' : 'other digest';
}

/** Suspends a resource, or everything. */
export async function suspendTarget(
  store: Pick<Store, 'suspend'>,
  target: SuspensionTarget,
  { reason, until }: Pick<Suspension, 'reason' | 'until'>,
  by: By,
): Promise<void> {
  const parts = [
    ...(reason === null ? [] : [reason]),
    ...(until === null ? [] : [`until ${until}`]),
  ];
  const entry = entryOf('suspend', by, { target, detail: parts.join('; ') || null });
  await store.suspend(target, { at: entry.at, by: by.actor, reason, until }, entry);
}

/** Ends the suspension of a resource, or of everything. */
export const resumeTarget = (
  store: Pick<Store, 'resume'>,
  target: SuspensionTarget,
  by: By,
): Promise<void> => store.resume(target, entryOf('resume', by, { target }));

/** Why a wake was refused: the resource is not declared, has no timetable, or the end is not valid. */
export interface RefusedWake {
  readonly status: 404 | 409 | 400;
  readonly error: string;
}

/** What a wake changes, and the config in force. */
export interface WakePlace {
  readonly store: Pick<Store, 'wake' | 'cancelWake'>;
  readonly catalog: Pick<Catalog, 'kinds'>;
  readonly state: Pick<DesiredState, 'resources'>;
}

/** Lets a resource run until then, whatever its timetable says. `until` null: ends that. */
export async function wakeResource(
  { store, catalog, state }: WakePlace,
  { address, until }: { readonly address: Address; readonly until: string | null },
  by: By,
): Promise<'done' | RefusedWake> {
  const detail = until === null ? 'cancelled' : `until ${until}`;
  const entry = entryOf('wake', by, { target: address, detail });
  if (until !== null) {
    const desired = state.resources.find((resource) => resource.address === address);
    if (!desired) return { status: 404, error: `${address} is not declared` };
    const reason = whyNotWakeable(catalog, desired, by.now);
    if (reason !== undefined) return { status: 409, error: reason };
    const problem = wakeEndProblem(until, by.now);
    if (problem !== undefined) return { status: 400, error: problem };
    await store.wake(address, { at: entry.at, by: by.actor, until }, entry);
  } else await store.cancelWake(address, entry);
  return 'done';
}

const entryOf = (
  event: AuditEntry['event'],
  { actor, now, commit }: By,
  more: Partial<AuditEntry> = {},
): AuditEntry => auditEntry({ at: now.toISOString(), actor, event, commit, ...more });
