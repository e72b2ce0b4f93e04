import type { ThrottleMemory } from './api.ts';
import type { AuditEntry } from './audit.ts';
import type { Lease } from './lease.ts';
import type { RateGroup, RecordedCosts } from './money/ledger.ts';
import type { AlertChanges, AlertState, PendingMessage } from './notify/alert.ts';
import type {
  ActionRecord,
  Binding,
  Condition,
  FailureRecord,
  Intent,
  Memory,
  Obligation,
  Shortage,
  Team,
  Write,
} from './memory.ts';
import type { ActionId } from './pass/plan.ts';
import type { PassSummary, Report } from './pass/report.ts';
import type { Repair, TrendHour } from './pass/trend.ts';
import type { Wake } from './pass/wake.ts';
import type { Suspension, SuspensionTarget } from './pass/suspension.ts';
import type { Address } from './resource.ts';

/** Which live resource each declared one is, and what was written to it last. */
export interface BindingStore {
  /** Binds addresses to live ids and clears their intents, atomically. */
  bind(bindings: readonly (Binding & { readonly address: Address })[]): Promise<void>;
  /** Forgets the bindings of these addresses. */
  unbind(addresses: readonly Address[]): Promise<void>;
  /**
   * Records since when complete lists have left out the resources bound to these addresses; null: the lists show them
   * again.
   */
  markUnlisted(addresses: readonly Address[], since: string | null): Promise<void>;
  /** Forgets a resource that was deleted, with its binding. */
  removeResource(address: Address): Promise<void>;
  /** Saves the digests, by path, of the write-only values that were written last, atomically. */
  saveDigests(
    values: readonly {
      readonly address: Address;
      readonly digests: Readonly<Record<string, string>>;
    }[],
  ): Promise<void>;
  /** Records when these rotated lists were read. */
  recordListRead(keys: readonly string[], at: string): Promise<void>;
  /** Remembers rates in USD/h that live resources show, by `priceKey`. */
  recordPrices(prices: readonly (readonly [key: string, rate: number])[]): Promise<void>;
  /**
   * Makes this team that of the workspace. Rejects with a `TeamError` if it is that of another workspace of the store;
   * `take`: the other one then loses it.
   */
  claimTeam(team: Team, take: boolean): Promise<void>;
}

/**
 * What must survive a crash in the middle of a write: each record is durable before the request that makes it
 * necessary.
 */
export interface JournalStore {
  /**
   * Records an intent. Awaited immediately before the create is handed to the socket. `path`: the create of that member
   * of a relation.
   */
  recordIntent(address: Address, intent: Intent, path?: string): Promise<void>;
  /** Clears an intent: the create certainly did not happen, or its outcome is known. */
  clearIntent(address: Address, path?: string): Promise<void>;
  /**
   * Records an obligation. Awaited before the fields are switched. Replaces earlier obligations of the address at the
   * same paths.
   */
  recordObligation(address: Address, obligation: Obligation): Promise<void>;
  /** Clears the obligations at these paths; default: all of the address. */
  clearObligation(address: Address, paths?: readonly string[]): Promise<void>;
  /**
   * Records a deletion. Awaited before the request is handed to the socket; it counts against the daily limit whatever
   * its outcome.
   */
  recordDeletion(address: Address, at: string): Promise<void>;
  /** Takes back the record of that time: the deletion certainly did not happen. */
  cancelDeletion(address: Address, at: string): Promise<void>;
}

/**
 * The state that the guard reads: failures, writes, shortages, suspensions, and approvals. `audit` is recorded in the
 * transaction of the change.
 */
export interface GuardStore {
  /**
   * Records the outcomes of actions, atomically. `failed` adds or replaces failure records, and `done` removes them.
   * `writes` and `deeds` are added. `shortages` replace those of the same names.
   */
  recordOutcomes(notes: {
    readonly failed: readonly FailureRecord[];
    readonly done: readonly ActionId[];
    readonly writes: readonly Write[];
    readonly deeds: readonly ActionRecord[];
    readonly shortages: ReadonlyMap<string, Shortage>;
    /** Names whose capacity is available again. */
    readonly available: readonly string[];
  }): Promise<void>;
  /**
   * Suspends a resource, or every resource. One that is suspended already stays so since then, with the new reason and
   * end.
   */
  suspend(target: SuspensionTarget, suspension: Suspension, audit?: AuditEntry): Promise<void>;
  /**
   * Ends the suspension of a resource, and forgets its failure records and the writes to it; or ends the suspension of
   * every resource, and leaves those of single ones.
   */
  resume(target: SuspensionTarget, audit?: AuditEntry): Promise<void>;
  /** Approves the plan of this digest once: limits do not block it. */
  approve(digest: string, at: string, audit?: AuditEntry): Promise<void>;
  /** Removes approvals. Each one counts for the next pass only, whatever that pass finds. */
  consumeApprovals(digests: ReadonlySet<string>): Promise<void>;
}

/** What the client of the API has learnt about its limits. */
export interface ThrottleStore {
  /** Reads what was saved last; undefined: nothing was. */
  throttleMemory(): Promise<ThrottleMemory | undefined>;
  saveThrottleMemory(memory: ThrottleMemory): Promise<void>;
}

/** The overrides of timetables. `audit` is recorded in the transaction of the change. */
export interface WakeStore {
  /** Lets a resource run until then, whatever its timetable says. Replaces an earlier wake of it. */
  wake(address: Address, wake: Wake, audit: AuditEntry): Promise<void>;
  /** Ends the wake of a resource, if it has one. */
  cancelWake(address: Address, audit: AuditEntry): Promise<void>;
}

/** The alerts of each sink, and the messages that have not been delivered. */
export interface NotificationStore {
  /** Reads the alerts of all sinks. */
  alertState(): Promise<AlertState>;
  /** Lists the messages that have not been delivered, oldest first. */
  pendingMessages(): Promise<readonly PendingMessage[]>;
  /** Counts an attempt that is about to begin. `nextAt`: when to try again if it fails, RFC 3339. */
  recordAttempt(sink: string, message: string, nextAt: string): Promise<void>;
  /** Sets when to try a message again, RFC 3339. */
  postponeMessage(sink: string, message: string, nextAt: string): Promise<void>;
  /** Forgets a message: it was delivered, or it is given up. */
  removeMessage(sink: string, message: string): Promise<void>;
}

/** Who did what. */
export interface AuditStore {
  /** Adds entries. Only the newest 10,000 of all are kept. */
  addAudit(entries: readonly AuditEntry[]): Promise<void>;
  /** Lists entries, newest first; `since`: only those from this time on, RFC 3339. */
  audit(since?: string): Promise<readonly AuditEntry[]>;
}

/** What happened and what was found, for people. */
export interface HistoryStore {
  /**
   * Records an ended pass with its findings, what it changes for notifications, and the audit of its writes, in one
   * transaction. Forgets all passes but the newest `keep`, and trends after 30 days, and costs after 400. Resolves to
   * the repairs.
   */
  recordPass(
    report: Report,
    keep: number,
    also?: {
      readonly alerts?: AlertChanges | undefined;
      readonly audit?: readonly AuditEntry[];
      /** What the live resources cost that the pass found. Without it, no costs are recorded. */
      readonly rates?: readonly RateGroup[];
    },
  ): Promise<readonly Repair[]>;
  /** Lists passes, newest first; `before`: only passes older than this one. */
  passes(limit: number, before?: string): Promise<readonly PassSummary[]>;
  /** Lists the hours from the hour of `since` on (RFC 3339), oldest first. Hours without a pass are not listed. */
  trends(since: string): Promise<readonly TrendHour[]>;
  /** Reads the costs of all days from the day of `since` on, RFC 3339. */
  costs(since: string): Promise<RecordedCosts>;
  /** Lists the resources that the last pass found not in sync. */
  lastConditions(): Promise<readonly Condition[]>;
  /** Lists the ended actions of a resource, newest first. */
  actionHistory(address: Address, limit: number): Promise<readonly ActionRecord[]>;
}

/**
 * The durable memory of one workspace. Each write is durable when its promise resolves, so that a crash at any later
 * instant finds it. Methods reject with a `StoreError` if the store cannot be read or written.
 */
export interface Store
  extends
    BindingStore,
    JournalStore,
    GuardStore,
    ThrottleStore,
    WakeStore,
    HistoryStore,
    NotificationStore,
    AuditStore,
    AsyncDisposable {
  /** Reads the memory. `now` limits what depends on age, such as the deletions of the last 24 hours. */
  memory(now: Date): Promise<Memory>;
  /** Rejects if the store cannot be written. Called before a pass sends its first write to the team. */
  assertWritable(pass: string): Promise<void>;
  /** The right to write to the workspace. */
  readonly lease: Lease;
  /** Returns the digest of a secret under a key that only this store has: equal for equal texts, useless elsewhere. */
  readonly digest: (text: string) => string;
}

/**
 * The store cannot be read or written: it is damaged, a newer Holdfast made it, or the disk is full. The message says
 * what to do.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
