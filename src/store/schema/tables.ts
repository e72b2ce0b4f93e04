import type { Generated, Kysely } from 'kysely';

/**
 * The tables of a store. Times are RFC 3339 text, and flags are 0 or 1, so that any SQL database can hold them. All but
 * the first have a further column `workspace`, which `inWorkspace` adds to every query.
 */
export interface Tables {
  workspaces: { id: Generated<number>; name: string };
  meta: { key: string; value: string };
  bindings: {
    address: string;
    live_id: string;
    bound_at: string;
    created: number;
    protected: number;
    unlisted_since: string | null;
  };
  /** `path` is empty for a resource, or names a member of one of its relations. */
  intents: { address: string; path: string; at: string; until: string };
  /** `owed` and `temporary` are JSON. */
  obligations: {
    address: string;
    path: string;
    live_id: string;
    at: string;
    owed: string;
    temporary: string | null;
  };
  digests: { address: string; path: string; digest: string };
  readings: { list: string; at: string };
  /** `labels` is JSON. */
  costs: {
    day: string;
    kind: string;
    type: string;
    labels: string;
    usd: number;
    unknown_hours: number;
  };
  /** USD/h. */
  prices: { key: string; rate: number };
  conditions: {
    address: string;
    status: string;
    since: string;
    reason: string | null;
    open_since: string | null;
  };
  deletions: { address: string; at: string };
  setbacks: {
    action: string;
    address: string;
    failures: number;
    at: string;
    retry_at: string | null;
    fingerprint: string;
    error: string;
  };
  writes: { address: string; path: string; at: string; fingerprint: string };
  /** `address` is `*` for the suspension of every resource. */
  suspensions: {
    address: string;
    at: string;
    actor: string | null;
    reason: string | null;
    until: string | null;
  };
  approvals: { digest: string; at: string };
  shortages: { name: string; refusals: number; retry_at: string };
  deeds: {
    id: Generated<number>;
    pass: string;
    address: string;
    action: string;
    verb: string;
    outcome: string;
    error: string | null;
    changes: string;
    at: string;
    took: number;
  };
  /** The sinks that have their baseline. */
  sinks: { sink: string };
  /** `kind` and `name` are empty for an alert without a resource. */
  alerts: {
    sink: string;
    class: string;
    kind: string;
    name: string;
    since: string;
    reason: string | null;
    state: string;
    passes: number;
    told_at: string | null;
  };
  /** `content` is the message as JSON. */
  messages: {
    sink: string;
    id: string;
    content: string;
    attempts: number;
    next_at: string;
  };
  audit: {
    id: Generated<number>;
    at: string;
    actor: string;
    event: string;
    target: string | null;
    pass: string | null;
    git_commit: string | null;
    digest: string | null;
    outcome: string;
    detail: string | null;
  };
  wakes: {
    address: string;
    at: string;
    actor: string;
    until: string;
  };
  trends: {
    hour: string;
    passes: number;
    open: number | null;
    max_open: number | null;
    repaired: number;
    repair_seconds: number;
    cost_managed: number | null;
    cost_unmanaged: number | null;
    pass_seconds: number;
    max_pass_seconds: number;
  };
  passes: {
    pass: string;
    trigger: string;
    mode: string;
    started_at: string;
    finished_at: string;
    summary: string;
  };
}

/** A database with these tables, or a transaction of one. */
export type Database = Kysely<Tables>;
