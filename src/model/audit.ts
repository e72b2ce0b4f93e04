import type { Report } from './pass/report.ts';

/** What was done: a request to Holdfast, or a write to the API. */
export type AuditEvent = 'reconcile' | 'approve' | 'suspend' | 'resume' | 'wake' | 'write';

/** Who did what, when, and with which result. */
export interface AuditEntry {
  /** RFC 3339. */
  readonly at: string;
  /** The name of a token, `cli:USER`, or `daemon`. */
  readonly actor: string;
  readonly event: AuditEvent;
  /** The resource (`*`: everything) of a suspension, a resume, or a wake; the id of the action of a write. */
  readonly target: string | null;
  readonly pass: string | null;
  /** The Git commit of the config; null for a directory. */
  readonly commit: string | null;
  /** The digest of the plan. */
  readonly digest: string | null;
  /** `done`, or `refused`; of a write, the outcome of its action. */
  readonly outcome: string;
  /** The error, the reason and the end of a suspension, or the end of a wake. */
  readonly detail: string | null;
}

/** The actor of writes that the daemon sends. */
export const daemonActor = 'daemon';

/** Makes an entry; what is not given is null. */
export const auditEntry = (
  entry: Pick<AuditEntry, 'at' | 'actor' | 'event'> & Partial<AuditEntry>,
): AuditEntry => ({
  target: null,
  pass: null,
  commit: null,
  digest: null,
  outcome: 'done',
  detail: null,
  ...entry,
});

/** The entries of the writes of a pass: one for each action that was attempted. Pure. */
export const writesOf = (
  { actions, pass, digest, git, finishedAt }: Report,
  actor: string,
): readonly AuditEntry[] =>
  actions
    .filter(({ attempts }) => attempts > 0)
    .map(({ id, outcome, error }) =>
      auditEntry({
        at: finishedAt,
        actor,
        event: 'write',
        target: id,
        pass,
        commit: git?.commit ?? null,
        digest,
        outcome,
        detail: error,
      }),
    );
