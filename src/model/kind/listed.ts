import type { Observed } from '../resource.ts';

/** One item of a kind's list. `ready` defaults to true. */
export interface Listed extends Omit<Observed, 'ready'> {
  readonly ready?: boolean;
}

/** The answer to a write: what the API does after it has answered. */
export interface Started {
  /** The id of the machine event to poll until it ends; not set where the API reports none. */
  readonly event?: string;
  /**
   * There is no event: the resource itself is polled with `get` until it is ready. Default: false, the write is
   * complete.
   */
  readonly follow?: boolean;
  /** A remark for people beside the outcome, such as a connection test that failed. */
  readonly note?: string;
}
