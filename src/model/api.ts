import { countOf } from './text/countOf.ts';
/** Query parameters of a request. Undefined ones are not sent. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A JSON object whose fields are not checked yet. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * Checks an answer and converts it to a value. Throws a `MalformedAnswer` if the answer does not have the documented
 * form. Pure.
 */
export type Reader<Value> = (answer: unknown) => Value;

/**
 * The Paperspace API, as far as the rest of the program knows it. Every call may reject with an `ApiError` and with
 * nothing else. An answer is unknown until a reader has checked it. If the reader throws, the verdict is `unavailable`
 * for a read and `uncertain` for a write, which may have happened. Calls wait for the throttle, and retry as far as
 * that is safe, so that callers need neither timers nor retries.
 *
 *     const key = await api.post('/api-keys', { name }, readKey);
 */
export interface Api {
  /**
   * Lists all pages, 120 items a request, oldest item first unless `query.order` is `desc`. Leaves out repeated ids and
   * deleted items (`dtDeleted` set). Rejects if any page cannot be read: the items so far are valid, but the list is
   * incomplete. `read` converts each item and drops those for which it returns undefined; it must be pure. A page whose
   * bytes are equal to those of the last walk with the same `read` yields the same array as then.
   */
  list(path: string, query?: Query): AsyncIterable<readonly unknown[]>;
  list<Value>(
    path: string,
    query: Query,
    read: (item: Json) => Value | undefined,
  ): AsyncIterable<readonly Value[]>;
  /** Reads one resource. The reader receives `null` if the API answers 200 with null. */
  get(path: string, query?: Query): Promise<unknown>;
  get<Value>(path: string, query: Query, read: Reader<Value>): Promise<Value>;
  /**
   * Sends a body of exactly these keys, without undefined ones. Repeats a write only if the API certainly rejected it
   * for now or never received it.
   */
  post(path: string, json?: object): Promise<unknown>;
  post<Value>(path: string, json: object | undefined, read: Reader<Value>): Promise<Value>;
  put(path: string, json: object): Promise<unknown>;
  put<Value>(path: string, json: object, read: Reader<Value>): Promise<Value>;
  patch(path: string, json: object): Promise<unknown>;
  patch<Value>(path: string, json: object, read: Reader<Value>): Promise<Value>;
  /**
   * Deletes a resource. Resolves with null if the answer is null or empty, and after a 404: the resource is already
   * gone.
   */
  remove(path: string, query?: Query): Promise<unknown>;
  remove<Value>(path: string, query: Query, read: Reader<Value>): Promise<Value | null>;
  /** Returns the same API, whose writes report each attempt to `observer`. Reads do not. */
  withObserver(observer: WriteObserver): Api;
  /** Returns the same API, whose reads start only when no other request waits, and are not retried. */
  inBackground(): Api;
  /**
   * Reads a resource that depends on the API key alone, such as its session, once per key. A read that fails or
   * gives null is not kept. `read` must be the same for every call with a path.
   */
  getOnce<Value>(path: string, read: Reader<Value>): Promise<Value>;
}

/**
 * Is told of each attempt of a write at the moment that counts, so that its outcome can be recorded across a crash. A
 * write waits for the throttle, for pauses that the API asks for, and between retries. None of these waits lies between
 * `sending` and the socket.
 */
export interface WriteObserver {
  /**
   * Awaited immediately before an attempt is handed to the socket. The attempt ends by `deadline`. If it rejects,
   * nothing is sent, and the call rejects with its error.
   */
  sending(deadline: Date): Promise<void>;
  /** Awaited when an attempt has ended and the API certainly did not accept it. Another attempt may follow. */
  notAccepted(): Promise<void>;
  /** Awaited when an attempt has ended and the API may have accepted it. No other attempt follows. */
  maybeAccepted(): Promise<void>;
}

/** One attempt of a request that has ended. */
export interface EndedRequest {
  readonly method: string;
  /** 200 for every 2xx answer; undefined if no answer came. */
  readonly status: number | undefined;
  /** Milliseconds that it waited for the throttle. */
  readonly waitedMs: number;
}

/** Counters of the requests since the client was created. */
export interface Usage {
  /** Attempts, retries included. */
  readonly requests: number;
  readonly retries: number;
  /** Attempts that the API answered with 429. */
  readonly rateLimited: number;
  /** The total time in milliseconds that requests waited for the throttle. */
  readonly waitedMs: number;
}

/** The state of the throttle at this moment. */
export interface ThrottleState {
  /** The allowed rate in requests per second, without regard to pauses that the API asks for. */
  readonly rate: number;
  /** Queued requests. */
  readonly waiting: number;
  /** Requests under way. */
  readonly running: number;
  /** Requests since the client was created that the API answered with 429. */
  readonly refused: number;
  /** The unused share of the rate in the last five seconds, from 0 (none) to 1 (all of it). */
  readonly headroom: number;
}

/** What a throttle has learnt about the limits of the API, which the next process goes on with. */
export interface ThrottleMemory {
  /** When this was the state, in milliseconds since 1970. */
  readonly at: number;
  /** The estimate of an unknown rate limit, in requests per second; null: the rate was never decreased. */
  readonly limit: {
    /** The rate that is allowed. */
    readonly rate: number;
    /** The rate after the last decrease. */
    readonly base: number;
    /** The rate at the last decrease. */
    readonly ceiling: number;
    /** The progress from the base to the ceiling: 1 at the ceiling, more beyond it. */
    readonly progress: number;
  } | null;
  /** The last pause that the API asked for; null: none. */
  readonly pause: AskedPause | null;
}

/** A pause that the API asked for. */
export interface AskedPause {
  /** When requests may start again, in milliseconds since 1970. */
  readonly until: number;
  /** Why requests fail until then; null: they wait. */
  readonly reason: string | null;
}

/**
 * What a failed request means for the caller. `rejected`: it did not happen, and will not until something changes.
 * `unavailable`: it did not happen, and may succeed later. `uncertain`: it may have happened.
 */
export type Verdict = 'rejected' | 'unavailable' | 'uncertain';

/** A failed request. The message names method and path, never the key or the body. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly verdict: Verdict;
  readonly status: number | undefined;
  /** The API's error code, such as `NOT_FOUND`. */
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

/**
 * Whether the API itself rejected a request with this status. A proxy or a firewall may answer with any status, so the
 * status alone says nothing.
 */
export const isRejected = (error: unknown, status: number): boolean =>
  error instanceof ApiError && error.verdict === 'rejected' && error.status === status;

/** An answer that does not have the documented form. It names the field and the type found there, never the value. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
  readonly expected: string;
  readonly found: string;
  /** The path from the root of the answer: `data.id`, `items[3].region`; empty for the answer itself. */
  readonly field: string;

  private constructor(expected: string, found: string, field: string) {
    super(`${field || 'it'} is ${found}, not ${expected}`);
    this.expected = expected;
    this.found = found;
    this.field = field;
  }

  static of(expected: string, value: unknown, field = ''): MalformedAnswer {
    return new MalformedAnswer(expected, typeText(value), field);
  }

  /** Returns the same error with its path prefixed by a field (`data`) or an index (`[3]`). */
  under(step: string): MalformedAnswer {
    const { expected, found, field } = this;
    const separator = field === '' || field.startsWith('[') ? '' : '.';
    return new MalformedAnswer(expected, found, `${step}${separator}${field}`);
  }
}

/** Describes the type of a value, never the value itself: it may be a secret. */
function typeText(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return `a ${typeof value}`;
  return value === '' ? 'empty text' : `text of ${countOf(value.length, 'character')}`;
}

/**
 * Whether a listed item is deleted (FACTS 5.2). A resource that counts as deleted is created again, so only a date is
 * accepted as proof. Throws a `MalformedAnswer` for anything else than a date or null.
 */
export function isDeleted({ dtDeleted = null }: Json): boolean {
  if (dtDeleted === null) return false;
  if (typeof dtDeleted === 'string' && dtDeleted !== '') return true;
  throw MalformedAnswer.of('a date or null', dtDeleted, 'dtDeleted');
}
