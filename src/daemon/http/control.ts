// What people may change beside the YAML, through the server (commands.ts) or on a store that no daemon holds (the
// commands of `cli/`). Each change is recorded with its audit entry in one transaction.

import { auditEntry, type AuditEntry } from '../../model/audit.ts';
import type { Report } from '../../model/pass/report.ts';
import type { Suspension, SuspensionTarget } from '../../model/pass/suspension.ts';
import type { Store } from '../../model/store.ts';

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

const entryOf = (
  event: AuditEntry['event'],
  { actor, now, commit }: By,
  more: Partial<AuditEntry> = {},
): AuditEntry => auditEntry({ at: now.toISOString(), actor, event, commit, ...more });
