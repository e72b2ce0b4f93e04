import type { PassSummary, Report } from './pass/report.ts';
import type { ActionId, Outcome, Status, Verb } from './pass/plan.ts';
import type { Address } from './resource.ts';

/** A live id that is remembered for an address. */
export interface Binding {
  readonly id: string;
  readonly boundAt: string;
  /** Holdfast created it at `boundAt`, so lists may not show it yet. */
  readonly created: boolean;
  /** `lifecycle.preventDeletion` was set when the resource was last declared. */
  readonly protected: boolean;
  /** Since when complete lists have left it out, RFC 3339. Only for kinds without `get`. */
  readonly unlistedSince?: string;
}

/** A create that was handed to the socket and whose outcome is unknown. */
export interface Intent {
  /** When the attempt was handed to the socket, RFC 3339. */
  readonly at: string;
  /** The latest moment at which the API can have received it, RFC 3339: lists may lag from then on. */
  readonly until: string;
  /** When evidence last showed that the create happened, although no list shows the resource. Never stored. */
  readonly witnessedAt?: string;
}

/** The status of a resource in the last pass, and since when it has it. */
export interface Condition {
  readonly address: Address;
  readonly status: Status;
  readonly since: string;
  readonly reason: string | null;
}

/** A failure record: an action that failed, how often in a row, and when it may be tried again. */
export interface FailureRecord {
  readonly action: ActionId;
  readonly address: Address;
  readonly failures: number;
  /** The time of the last failure, RFC 3339. */
  readonly at: string;
  /**
   * When it may be tried again, RFC 3339; null: the API rejected it permanently, so not before `fingerprint` changes.
   */
  readonly retryAt: string | null;
  /** The hash of the resource's YAML and its live state at the time of the failure. */
  readonly fingerprint: string;
  readonly error: string;
}

/** A write to a field or to a member of a relation. */
export interface Write {
  readonly address: Address;
  /** `diskSize`, `accessors/ada@example.com`; `create` for the whole resource. */
  readonly path: string;
  readonly at: string;
  /** The hash of the YAML that the write carried out. */
  readonly fingerprint: string;
}

/** The record of an ended action, for the history of a resource. */
export interface ActionRecord {
  /** The id of the pass that ran it. */
  readonly pass: string;
  readonly address: Address;
  readonly action: ActionId;
  readonly verb: Verb;
  readonly outcome: Outcome['result'];
  readonly error: string | null;
  /** What it changed, as text for people. */
  readonly changes: string;
  readonly at: string;
  /** Milliseconds from its start until the API had completed it. */
  readonly took: number;
}

/** Values that Holdfast switched temporarily for a change, and must restore even if the change fails. */
export interface Obligation {
  /** The id of the live resource. */
  readonly id: string;
  /** When the request that switched them was handed to the socket, RFC 3339. */
  readonly at: string;
  /** The owed and the temporary value, by field path. */
  readonly fields: Readonly<Record<string, OwedValue>>;
}

/** One field of an obligation. */
export interface OwedValue {
  /** The value to restore. */
  readonly owed: unknown;
  /**
   * The value that Holdfast set in its place. Undefined if Holdfast set none, but the API may have dropped the owed
   * value.
   */
  readonly temporary?: unknown;
}

/** The team that a key acts for (FACTS 5.1). */
export interface Team {
  readonly id: string;
  /** The team's name for people. */
  readonly namespace: string;
}

/** The content of the store at the start of a pass. */
export interface Memory {
  readonly bindings: ReadonlyMap<Address, Binding>;
  readonly intents: ReadonlyMap<Address, Intent>;
  /** Intents of members of relations whose `assign` creates something, by path: `versions/v1`. */
  readonly memberIntents: ReadonlyMap<Address, Readonly<Record<string, Intent>>>;
  readonly obligations: ReadonlyMap<Address, Obligation>;
  /** The team that this store belongs to; undefined before the first write. */
  readonly team: Team | undefined;
  /** Keyed digests of the write-only values that were written last, by path. */
  readonly digests: ReadonlyMap<Address, Readonly<Record<string, string>>>;
  /** The last status of each resource that was not in sync. */
  readonly conditions: ReadonlyMap<Address, Condition>;
  /** When each rotated list was last read, RFC 3339, by its key: `machines/ID.accessors`. */
  readonly lastReadAt: ReadonlyMap<string, string>;
  /** The times of the deletions in the last 24 hours, RFC 3339. */
  readonly deletions: readonly string[];
  /** The failure records, by action. */
  readonly failures: ReadonlyMap<ActionId, FailureRecord>;
  /** The writes of the last hour, by address. */
  readonly writes: ReadonlyMap<Address, readonly Write[]>;
  /** The suspended resources, and since when, RFC 3339. */
  readonly suspended: ReadonlyMap<Address, string>;
  /** Digests of plans that somebody has approved beyond the limits. */
  readonly approved: ReadonlySet<string>;
  /** Recent durations of actions in milliseconds, by `kind:verb`. */
  readonly durations: ReadonlyMap<string, number>;
  /** Capacity that the API lacked, by name: `A4000@ny2`. */
  readonly shortages: ReadonlyMap<string, Shortage>;
}

/** Capacity that the API lacked when it was last asked. */
export interface Shortage {
  /** Refusals in a row. */
  readonly refusals: number;
  /** When to ask again if nothing else shows that there is capacity, RFC 3339. */
  readonly retryAt: string;
}

/** The part of the memory that the plan depends on; the guard and the report use the rest. */
export type PlannedMemory = Pick<
  Memory,
  'bindings' | 'intents' | 'memberIntents' | 'obligations' | 'digests' | 'lastReadAt'
>;

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
  /** Makes this team the owner of the store. */
  claimTeam(team: Team): Promise<void>;
}

/** What must survive a crash in the middle of a write: each record is durable before the request that makes it necessary. */
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

/** The state that the guard reads: failures, writes, shortages, suspensions, and approvals. */
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
  /** Suspends a resource from that time on. */
  suspend(address: Address, at: string): Promise<void>;
  /** Resumes a suspended resource. Forgets its failure records and the writes to it. */
  resume(address: Address): Promise<void>;
  /** Approves the plan of this digest once: limits do not block it. */
  approve(digest: string, at: string): Promise<void>;
  /** Removes approvals. Each one counts for the next pass only, whatever that pass finds. */
  consumeApprovals(digests: ReadonlySet<string>): Promise<void>;
}

/** What happened and what was found, for people. */
export interface HistoryStore {
  /** Records an ended pass and its findings, and forgets all passes but the newest `keep`. */
  recordPass(report: Report, keep: number): Promise<void>;
  /** Lists passes, newest first; `before`: only passes older than this one. */
  passes(limit: number, before?: string): Promise<readonly PassSummary[]>;
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
  extends BindingStore, JournalStore, GuardStore, HistoryStore, AsyncDisposable {
  /** Reads the memory. `now` limits what depends on age, such as the deletions of the last 24 hours. */
  memory(now: Date): Promise<Memory>;
  /** Rejects if the store cannot be written. Called before a pass sends its first write to the team. */
  assertWritable(pass: string): Promise<void>;
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
