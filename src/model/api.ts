/** Query parameters of a request; what is undefined is not sent. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The Paperspace API, as far as the rest of the program knows it. Every call may reject with an `ApiError`, and with nothing else. */
export interface Api {
  /**
   * The pages of a list, oldest item first unless `query.order` says `desc`, 120 items a request, walked to the end.
   * Repeated ids and deleted items (`dtDeleted` set) are left out. A walk that fails half-way rejects: what came
   * before is true, but it is not all there is. With `read`, a pure function, the items are what it makes of them, without those of which it
   * makes `undefined`; a page whose bytes are those of the last walk with the same `read` is then the same array as in that walk.
   */
  list<Item, Read = Item>(
    path: string,
    query?: Query,
    read?: (item: Item) => Read | undefined,
  ): AsyncIterable<readonly Read[]>;
  /** `null` where the API answers 200 with null. */
  get<Body>(path: string, query?: Query): Promise<Body | null>;
  /** A body of exactly these keys; one that is undefined is not sent. Never repeated on hope. */
  post<Body>(path: string, json?: object): Promise<Body>;
  put<Body>(path: string, json: object): Promise<Body>;
  patch<Body>(path: string, json: object): Promise<Body>;
  /** A 404 counts as success: what is gone is gone. */
  remove<Body>(path: string, query?: Query): Promise<Body | null>;
  /** The same API, whose writes report each of their attempts to `observer`. Reads do not. */
  observed(observer: WriteObserver): Api;
  /** One object for all views of a client: the key for what is read once per client. */
  readonly client: object;
}

/**
 * Learns of each attempt of a write at the moment that counts, so that its fate can be remembered across a crash. A write waits for the
 * throttle, for pauses that the API asks for, and between retries; none of these waits lies between `sending` and the socket.
 */
export interface WriteObserver {
  /**
   * Awaited immediately before an attempt is handed to the socket. The attempt ends by `deadline`. When it rejects, nothing is sent and
   * the call rejects with its error.
   */
  sending(deadline: Date): Promise<void>;
  /** Awaited when an attempt has ended and the API certainly did not take it. Another attempt may follow. */
  notTaken(): Promise<void>;
  /** Awaited when an attempt has ended and the API may have taken it. No other attempt follows. */
  maybeTaken(): Promise<void>;
}

/** One attempt of a request, as it ended. */
export interface EndedRequest {
  readonly method: string;
  /** 200 for every answer of 2xx; undefined where no answer came. */
  readonly status: number | undefined;
  /** Milliseconds that it waited for the throttle. */
  readonly waitedMs: number;
}

/** What has been asked of the API since the client was made. */
export interface Usage {
  readonly requests: number;
  readonly retries: number;
  readonly rateLimited: number;
  /** Milliseconds that requests waited for the throttle, added up. */
  readonly waitedMs: number;
}

/** How the client holds back, at this moment. */
export interface ThrottleState {
  /** Requests a second that are allowed, but for pauses that the API asks for. */
  readonly rate: number;
  /** Requests that wait for their start. */
  readonly waiting: number;
  /** Requests under way. */
  readonly running: number;
  /** Requests since the client was made that the API answered with 429. */
  readonly refused: number;
  /** The share of the rate that was not used in the last five seconds: 0 is none, 1 is all of it. */
  readonly headroom: number;
}

/**
 * What the caller may conclude from a failed request. `rejected`: it did not happen, and will not until something changes.
 * `unavailable`: it did not happen, and may later. `uncertain`: it may have happened.
 */
export type Verdict = 'rejected' | 'unavailable' | 'uncertain';

/** A failed request. The message names method and path, never the key or a body that was sent. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly verdict: Verdict;
  readonly status: number | undefined;
  /** The API's own word, such as `NOT_FOUND`. */
  readonly code: string | undefined;

  constructor(
    message: string,
    details: { verdict: Verdict; status?: number; code?: string; cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.verdict = details.verdict;
    this.status = details.status;
    this.code = details.code;
  }
}
