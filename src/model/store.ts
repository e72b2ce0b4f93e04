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
  readonly fingerprint: string;
  readonly at: string;
}

/** What is remembered of the team when a pass begins. */
export interface Memory {
  readonly bindings: ReadonlyMap<Address, Binding>;
  readonly intents: ReadonlyMap<Address, Intent>;
  /** Keyed digests of the write-only values written last, by `address#path`. */
  readonly digests: ReadonlyMap<string, string>;
  /** Since when a resource has been in its status. */
  readonly conditions: ReadonlyMap<Address, { readonly status: Status; readonly since: string }>;
  /** When resources were deleted in the last 24 hours. */
  readonly deletions: readonly string[];
}

/**
 * What outlives the process. Every write is durable when its promise resolves, so that a crash at any instant afterwards
 * finds it.
 */
export interface Store extends AsyncDisposable {
  memory(now: Date): Promise<Memory>;
  /** A digest of a secret under a key that only this store has: equal for equal texts, useless elsewhere. */
  digest(text: string): string;
  /** A create is about to be sent. */
  intend(address: Address, intent: Intent): Promise<void>;
  /** The create certainly did not happen. */
  forget(address: Address): Promise<void>;
  /** The address is this live resource; a create that was open is closed. */
  bind(address: Address, binding: Binding): Promise<void>;
  unbind(address: Address): Promise<void>;
  /** These write-only values, by path, are now the ones written last. */
  written(address: Address, digests: Readonly<Record<string, string>>): Promise<void>;
  deleted(address: Address, at: string): Promise<void>;
  /** Keeps a pass's report, and forgets all but the newest `keep`. */
  ended(report: Report, keep: number): Promise<void>;
  /** Newest first; `after`: the last one of the page before. */
  passes(limit: number, after?: string): Promise<readonly PassSummary[]>;
  /** One pass's report, or undefined when it is unknown or no longer kept. */
  pass(id: string): Promise<Report | undefined>;
}

/** A store that cannot be used as it is: damaged, or made by a newer Holdfast. The message says what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
