/** An answer of 2xx that could be read. */
export interface Answer {
  readonly sort: 'answer';
  /** The JSON; `null` for the empty answer to a DELETE. */
  readonly body: unknown;
}

/** How one attempt failed. The verdict follows from this and the method alone (verdict.ts). */
export type Failure =
  /** There was an answer, and not one of 2xx. */
  | {
      readonly sort: 'refused';
      readonly status: number;
      readonly reason: string;
      readonly text: string;
      /**
       * Whether the body is the API's own error: JSON with `code` and `message` (FACTS 5.3). Other refusals are made up by something
       * in between, such as a firewall, a proxy or a captive portal.
       */
      readonly own: boolean;
      readonly retryAfter?: string;
    }
  /** No connection was ever ready for it, so nothing was sent. `lasting`: seconds will not mend it. */
  | { readonly sort: 'unsent'; readonly reason: string; readonly lasting: boolean }
  /** It was sent, or may have been, and no whole answer came. */
  | { readonly sort: 'lost'; readonly reason: string }
  /** A 2xx answer that says nothing usable. `lasting`: another attempt would bring the same. */
  | {
      readonly sort: 'unusable';
      readonly status?: number;
      readonly reason: string;
      readonly lasting: boolean;
    }
  /** It was not sent, or was a read that was cut off, because the client is closing or nobody wants it any more. */
  | { readonly sort: 'stopped' };
