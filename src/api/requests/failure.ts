/** A 2xx answer that could be read. */
export interface Answer {
  readonly sort: 'answer';
  /** The HTTP status, from 200 to 299. */
  readonly status: number;
  /** The JSON; `null` for the empty answer to a DELETE. */
  readonly body: unknown;
}

/** How one attempt failed. The verdict depends only on this and on the method (verdict.ts). */
export type Failure =
  /** An answer other than 2xx. */
  | {
      readonly sort: 'refused';
      readonly status: number;
      readonly reason: string;
      readonly text: string;
      /**
       * Whether the body is the API's own error: JSON with `code` and `message` (FACTS 5.3). Other errors come from an
       * intermediary, such as a firewall, a proxy, or a captive portal.
       */
      readonly own: boolean;
      readonly retryAfter?: string;
    }
  /** No connection was ever ready, so nothing was sent. `lasting`: a retry within seconds would fail too. */
  | { readonly sort: 'unsent'; readonly reason: string; readonly lasting: boolean }
  /** It was sent, or may have been, and no complete answer came. */
  | { readonly sort: 'lost'; readonly reason: string }
  /** A 2xx answer without usable content. `lasting`: a retry would bring the same. */
  | {
      readonly sort: 'unusable';
      readonly status?: number;
      readonly reason: string;
      readonly lasting: boolean;
    }
  /**
   * It was not sent, or it was a read that was aborted, because the client is closing or the caller no longer wants it.
   */
  | { readonly sort: 'stopped' };
