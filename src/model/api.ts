/** Query parameters of a request; what is undefined is not sent. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A JSON object of unknown fields: what an answer is until a reader has checked it. */
export type Json = Readonly<Record<string, unknown>>;

/** Makes a value of an answer; throws a `MalformedAnswer` when the answer does not have the form that the API promises. Pure. */
export type Reader<Value> = (answer: unknown) => Value;

/**
 * The Paperspace API, as far as the rest of the program knows it. Every call may reject with an `ApiError`, and with nothing else. An
 * answer is unknown until a reader has checked it. One that its reader does not take is `unavailable` for a read, and `uncertain` for a
 * write, which may have happened.
 */
export interface Api {
  /**
   * The pages of a list, oldest item first unless `query.order` says `desc`, 120 items a request, walked to the end.
   * Repeated ids and deleted items (`dtDeleted` set) are left out. A walk that fails half-way rejects: what came
   * before is true, but it is not all there is. With `read`, a pure function, the items are what it makes of them, without those of which it
   * makes `undefined`; a page whose bytes are those of the last walk with the same `read` is then the same array as in that walk.
   */
  list(path: string, query?: Query): AsyncIterable<readonly unknown[]>;
  list<Value>(
    path: string,
    query: Query,
    read: (item: Json) => Value | undefined,
  ): AsyncIterable<readonly Value[]>;
  /** The reader is given `null` where the API answers 200 with null. */
  get(path: string, query?: Query): Promise<unknown>;
  get<Value>(path: string, query: Query, read: Reader<Value>): Promise<Value>;
  /** A body of exactly these keys; one that is undefined is not sent. Never repeated on hope. */
  post(path: string, json?: object): Promise<unknown>;
  post<Value>(path: string, json: object | undefined, read: Reader<Value>): Promise<Value>;
  put(path: string, json: object): Promise<unknown>;
  put<Value>(path: string, json: object, read: Reader<Value>): Promise<Value>;
  patch(path: string, json: object): Promise<unknown>;
  patch<Value>(path: string, json: object, read: Reader<Value>): Promise<Value>;
  /** Null where the answer is null or empty, and after a 404: what is gone is gone. */
  remove(path: string, query?: Query): Promise<unknown>;
  remove<Value>(path: string, query: Query, read: Reader<Value>): Promise<Value | null>;
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

/** Whether the API itself refused a request with this status; a proxy or a firewall may make up any. */
export const isRejected = (error: unknown, status: number): boolean =>
  error instanceof ApiError && error.verdict === 'rejected' && error.status === status;

/** An answer that does not have the form that the API promises. It names the field and what was found there, never its value. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
  readonly expected: string;
  readonly found: string;
  /** From the top of what was read: `data.id`, `items[3].region`; empty for the whole. */
  readonly field: string;

  private constructor(expected: string, found: string, field: string) {
    super(`${field || 'it'} is ${found}, not ${expected}`);
    this.expected = expected;
    this.found = found;
    this.field = field;
  }

  static of(expected: string, value: unknown, field = ''): MalformedAnswer {
    return new MalformedAnswer(expected, described(value), field);
  }

  /** The same, in an answer that holds what was read under this name (`data`) or index (`[3]`). */
  under(step: string): MalformedAnswer {
    const { expected, found, field } = this;
    const separator = field === '' || field.startsWith('[') ? '' : '.';
    return new MalformedAnswer(expected, found, `${step}${separator}${field}`);
  }
}

/** What a value is, in words, without the value: it may be a secret. */
function described(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return `a ${typeof value}`;
  return value === '' ? 'empty text' : `text of ${value.length} characters`;
}

/** Whether it is deleted and listed all the same (FACTS 5.2). What is taken for deleted would be made again, so nothing but a date is. */
export function isDeleted({ dtDeleted = null }: Json): boolean {
  if (dtDeleted === null) return false;
  if (typeof dtDeleted === 'string' && dtDeleted !== '') return true;
  throw MalformedAnswer.of('a date or null', dtDeleted, 'dtDeleted');
}
