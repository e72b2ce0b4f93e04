import type { PassSummary, Report } from './pass/report.ts';
import type { ActionId, Outcome, Status, Verb } from './pass/plan.ts';
import type { Address } from './resource.ts';

/** The remembered pair of an address and a live id. */
export interface Binding {
  readonly id: string;
  readonly boundAt: string;
  /** It was created by Holdfast at `boundAt`, so lists may not show it yet. */
  readonly created: boolean;
  /** `lifecycle.preventDeletion` was set when it was last declared. */
  readonly protected: boolean;
  /** Since when complete lists have left it out, of a kind that lists alone can tell of, RFC 3339. */
  readonly unlistedSince?: string;
}

/** A create that was handed to the socket and whose end is not known. */
export interface Intent {
  /** When the attempt was handed to the socket, RFC 3339. */
  readonly at: string;
  /** The latest moment at which the API can have received it, RFC 3339: lists may lag from then on. */
  readonly until: string;
  /** When it was last seen to have happened, though nothing shows what it made; never kept. */
  readonly witnessedAt?: string;
}

/** What the last pass found of a resource, and since when it is so. */
export interface Condition {
  readonly address: Address;
  readonly status: Status;
  readonly since: string;
  readonly reason: string | null;
}

/** An action that failed, as often as it did in a row, and when it may be tried again. */
export interface Setback {
  readonly action: ActionId;
  readonly address: Address;
  readonly failures: number;
  /** When it failed last. */
  readonly at: string;
  /** When it may be tried again; null: the API refused it for good, so not before `fingerprint` is another. */
  readonly retryAt: string | null;
  /** Of its YAML and its live state, as they were when it failed. */
  readonly fingerprint: string;
  readonly error: string;
}

/** A field, or a member of a relation, that was written. */
export interface Write {
  readonly address: Address;
  /** `diskSize`, `accessors/ada@example.com`; `create` for the whole resource. */
  readonly path: string;
  readonly at: string;
  /** Of the YAML that it was written for. */
  readonly fingerprint: string;
}

/** An action as it ended, for those who ask later what was done to a resource, and why. */
export interface Deed {
  readonly pass: string;
  readonly address: Address;
  readonly action: ActionId;
  readonly verb: Verb;
  readonly outcome: Outcome['result'];
  readonly error: string | null;
  /** What it changed, in words for people. */
  readonly changes: string;
  readonly at: string;
  /** Milliseconds until the API had ended it. */
  readonly took: number;
}

/** Values that Holdfast switched for the length of a change, and must switch back whatever becomes of the change. */
export interface Obligation {
  /** The live resource that owes them. */
  readonly id: string;
  /** When the request that switched them was handed to the socket, RFC 3339. */
  readonly at: string;
  /** By field path: the value that is owed, and the one that Holdfast set in its place. */
  readonly fields: Readonly<Record<string, OwedValue>>;
}

export interface OwedValue {
  readonly owed: unknown;
  /** Undefined where the API may have dropped the value. */
  readonly temporary?: unknown;
}

/** The team that a key acts for (FACTS 5.1). */
export interface Team {
  readonly id: string;
  /** Its name for people. */
  readonly namespace: string;
}

/** What is remembered of the team when a pass begins. */
export interface Memory {
  readonly bindings: ReadonlyMap<Address, Binding>;
  readonly intents: ReadonlyMap<Address, Intent>;
  /** Likewise for members of relations whose `assign` creates something, by path: `versions/v1`. */
  readonly memberIntents: ReadonlyMap<Address, Readonly<Record<string, Intent>>>;
  readonly obligations: ReadonlyMap<Address, Obligation>;
  /** The team that this store belongs to; undefined before the first write. */
  readonly team: Team | undefined;
  /** Keyed digests of the write-only values written last, by path. */
  readonly digests: ReadonlyMap<Address, Readonly<Record<string, string>>>;
  /** Since when a resource has been in its status. */
  readonly conditions: ReadonlyMap<Address, Condition>;
  /** When a rotated list was read last, by its key: `machines/ID.accessors`. */
  readonly readings: ReadonlyMap<string, string>;
  /** When resources were deleted in the last 24 hours. */
  readonly deletions: readonly string[];
  /** What failed, by action. */
  readonly setbacks: ReadonlyMap<ActionId, Setback>;
  /** What was written in the last hour, by address. */
  readonly writes: ReadonlyMap<Address, readonly Write[]>;
  /** Since when a resource is left alone because somebody said so. */
  readonly suspended: ReadonlyMap<Address, string>;
  /** Digests of plans whose limits somebody has lifted. */
  readonly approved: ReadonlySet<string>;
  /** How many milliseconds actions took of late until the API had ended them, by `kind:verb`. */
  readonly durations: ReadonlyMap<string, number>;
  /** What the API had none of, by name: `A4000@ny2`. */
  readonly shortages: ReadonlyMap<string, Shortage>;
}

/** Capacity that the API did not have when it was asked. */
export interface Shortage {
  /** How often in a row. */
  readonly refusals: number;
  /** When it is worth asking again without another reason, RFC 3339. */
  readonly retryAt: string;
}

/** What a plan is made from; the rest is for the guard and for the report. */
export type PlannedMemory = Pick<
  Memory,
  'bindings' | 'intents' | 'memberIntents' | 'obligations' | 'digests' | 'readings'
>;

/**
 * What outlives the process. Every write is durable when its promise resolves, so that a crash at any instant afterwards
 * finds it.
 */
export interface Store extends AsyncDisposable {
  memory(now: Date): Promise<Memory>;
  /** Rejects unless it can be written now: asked before anything is sent to the team. */
  begun(pass: string): Promise<void>;
  /** A digest of a secret under a key that only this store has: equal for equal texts, useless elsewhere. */
  readonly digest: (text: string) => string;
  /** A create is about to be handed to the socket; or, with `path`, the create of that member of a relation. */
  recordIntent(address: Address, intent: Intent, path?: string): Promise<void>;
  /** The create certainly did not happen, or its end is known. */
  clearIntent(address: Address, path?: string): Promise<void>;
  /** Fields of a live resource are about to be switched for the length of a change. Replaces what it owed before at the same paths. */
  recordObligation(address: Address, obligation: Obligation): Promise<void>;
  /** These fields are owed no longer; by default none is. */
  clearObligation(address: Address, paths?: readonly string[]): Promise<void>;
  /** From now on the store belongs to this team. */
  claimTeam(team: Team): Promise<void>;
  /** Each address is this live resource; a create that was open is closed. All of them or none. */
  bind(bindings: readonly (Binding & { readonly address: Address })[]): Promise<void>;
  unbind(addresses: readonly Address[]): Promise<void>;
  /** Complete lists leave out what these addresses are bound to, since then; null: they show it again. */
  markUnlisted(addresses: readonly Address[], since: string | null): Promise<void>;
  /** These digests, by path, are now those of the write-only values written last. All of them or none. */
  written(
    values: readonly {
      readonly address: Address;
      readonly digests: Readonly<Record<string, string>>;
    }[],
  ): Promise<void>;
  /** These rotated lists were read at that time. */
  readNow(keys: readonly string[], at: string): Promise<void>;
  /** A deletion is about to be handed to the socket: it counts against the limit of the day from now on, whatever becomes of it. */
  recordDeletion(address: Address, at: string): Promise<void>;
  /** The deletion of that time certainly did not happen, so it does not count. */
  cancelDeletion(address: Address, at: string): Promise<void>;
  /** The resource was deleted: it is unbound. */
  deleted(address: Address): Promise<void>;
  /**
   * Notes how actions ended: `failed` are setbacks now and `done` no longer, `writes` and `deeds` are added, shortages replace those of
   * the same name. All of it or nothing.
   */
  note(notes: {
    readonly failed: readonly Setback[];
    readonly done: readonly ActionId[];
    readonly writes: readonly Write[];
    readonly deeds: readonly Deed[];
    readonly shortages: ReadonlyMap<string, Shortage>;
    /** Names of which there is no shortage any more. */
    readonly available: readonly string[];
  }): Promise<void>;
  /** Leaves a resource alone from that time on. */
  suspend(address: Address, at: string): Promise<void>;
  /** Acts on a resource again, and forgets its setbacks and what was written to it. */
  resume(address: Address): Promise<void>;
  /** Lifts the limits for the plan of this digest, once. */
  approve(digest: string, at: string): Promise<void>;
  /** Forgets approvals: each is for the pass after the one that it names, whatever that pass finds. */
  endApprovals(digests: ReadonlySet<string>): Promise<void>;
  /** What was done to a resource, newest first. */
  deeds(address: Address, limit: number): Promise<readonly Deed[]>;
  /** Notes that a pass has ended and what it found, and forgets all passes but the newest `keep`. */
  ended(report: Report, keep: number): Promise<void>;
  /** Newest first; `before`: only passes older than this one. */
  passes(limit: number, before?: string): Promise<readonly PassSummary[]>;
  /** What the last pass found not in sync, by address. */
  findings(): Promise<readonly Condition[]>;
}

/**
 * What is to be remembered cannot be: a store that is damaged or was made by a newer Holdfast, a disk that is full. The message says
 * what to do.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
