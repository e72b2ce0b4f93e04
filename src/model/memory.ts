import type { Wake } from './pass/wake.ts';
import type { Suspension, SuspensionTarget } from './pass/suspension.ts';
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

/** The status of a resource in the last pass, since when it has it, and since when it needs attention. */
export interface Condition {
  readonly address: Address;
  readonly status: Status;
  readonly since: string;
  readonly reason: string | null;
  /**
   * Since when it has needed attention, RFC 3339, whatever its statuses in between; null: it needs none. An incomplete
   * pass keeps it as it was.
   */
  readonly openSince: string | null;
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
  /** The suspensions in force, by resource. */
  readonly suspended: ReadonlyMap<SuspensionTarget, Suspension>;
  /** The overrides of timetables in force. */
  readonly wakes: ReadonlyMap<Address, Wake>;
  /** Digests of plans that somebody has approved beyond the limits. */
  readonly approved: ReadonlySet<string>;
  /** Recent durations of actions in milliseconds, by `kind:verb`. */
  readonly durations: ReadonlyMap<string, number>;
  /** Capacity that the API lacked, by name: `A4000@ny2`. */
  readonly shortages: ReadonlyMap<string, Shortage>;
  /** The rates in USD/h that live resources have shown, by `priceKey`. */
  readonly prices: ReadonlyMap<string, number>;
}

/** The key of a rate: of a machine type, or of a disk by its size in GB. */
export const priceKey = (kind: string, of: 'usage' | 'storage', item: string | number): string =>
  `${kind} ${of} ${item}`;

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
  'bindings' | 'intents' | 'memberIntents' | 'obligations' | 'digests' | 'lastReadAt' | 'wakes'
>;
