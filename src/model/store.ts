import type { PassSummary, Report } from './report.ts';
import type { Status } from './plan.ts';
import type { Address } from './resource.ts';

/** The remembered pair of an address and a live id. */
export interface Binding {
  readonly id: string;
  readonly boundAt: string;
  /** It was created by Holdfast at `boundAt`, so lists may not show it yet. */
  readonly created: boolean;
  /** `lifecycle.preventDeletion` was set when it was last declared. */
  readonly protected: boolean;
}

/** A create that was begun and of which no end is known. */
export interface Intent {
  readonly at: string;
}

/** What the last pass found of a resource, and since when it is so. */
export interface Condition {
  readonly address: Address;
  readonly status: Status;
  readonly since: string;
  readonly reason: string | null;
}

/** What is remembered of the team when a pass begins. */
export interface Memory {
  readonly bindings: ReadonlyMap<Address, Binding>;
  readonly intents: ReadonlyMap<Address, Intent>;
  /** Keyed digests of the write-only values written last, by path. */
  readonly digests: ReadonlyMap<Address, Readonly<Record<string, string>>>;
  /** Since when a resource has been in its status. */
  readonly conditions: ReadonlyMap<Address, Condition>;
  /** When a rotated list was read last, by its key: `machines/ID.accessors`. */
  readonly readings: ReadonlyMap<string, string>;
  /** When resources were deleted in the last 24 hours. */
  readonly deletions: readonly string[];
}

/** What a plan is made from; the conditions are for its report, and the deletions for the guard. */
export type PlannedMemory = Omit<Memory, 'conditions' | 'deletions'>;

/**
 * What outlives the process. Every write is durable when its promise resolves, so that a crash at any instant afterwards
 * finds it.
 */
export interface Store extends AsyncDisposable {
  memory(now: Date): Promise<Memory>;
  /** A digest of a secret under a key that only this store has: equal for equal texts, useless elsewhere. */
  readonly digest: (text: string) => string;
  /** A create is about to be sent. */
  intend(address: Address, intent: Intent): Promise<void>;
  /** The create certainly did not happen. */
  forget(address: Address): Promise<void>;
  /** Each address is this live resource; a create that was open is closed. All of them or none. */
  bind(bindings: readonly (Binding & { readonly address: Address })[]): Promise<void>;
  unbind(addresses: readonly Address[]): Promise<void>;
  /** These digests, by path, are now those of the write-only values written last. All of them or none. */
  written(
    values: readonly {
      readonly address: Address;
      readonly digests: Readonly<Record<string, string>>;
    }[],
  ): Promise<void>;
  /** These rotated lists were read at that time. */
  readNow(keys: readonly string[], at: string): Promise<void>;
  /** The resource was deleted at that time: it is unbound, and counts against the limit of the day. */
  deleted(address: Address, at: string): Promise<void>;
  /** Notes that a pass has ended and what it found, and forgets all passes but the newest `keep`. */
  ended(report: Report, keep: number): Promise<void>;
  /** Newest first; `before`: only passes older than this one. */
  passes(limit: number, before?: string): Promise<readonly PassSummary[]>;
  /** What the last pass found not in sync, by address. */
  findings(): Promise<readonly Condition[]>;
}

/** A store that cannot be used as it is: damaged, or made by a newer Holdfast. The message says what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
