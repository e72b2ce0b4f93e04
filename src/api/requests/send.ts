import type { AskedPause, EndedRequest, Usage, WriteObserver } from '../../model/api.ts';
import type { Clock } from '../../model/time/clock.ts';
import type { Lease } from '../../model/lease.ts';
import type { Log } from '../../model/log.ts';
import type { RequestEnd, Tracer } from '../../model/tracer.ts';
import { loadSignalOf } from '../throttle/loadSignal.ts';
import { toApiError } from './toApiError.ts';
import type { Answer, Failure } from './failure.ts';
import type { Keys } from '../keys.ts';
import { redactor } from './redact.ts';
import { addressOf, isWrite, type Request } from './request.ts';
import { askedPause, longestAskedPause, nextStep } from './retry.ts';
import type { ReportLoad, Throttle } from '../throttle/throttle.ts';
import type { Transport } from '../transport/transport.ts';
import { judge } from './verdict.ts';

export interface SenderOptions {
  readonly transport: Transport;
  /** The base URL, as `checkBase` returns it. */
  readonly base: string;
  readonly tracer: Tracer;
  readonly throttle: Throttle;
  /** Milliseconds for one attempt, which the transport enforces. */
  readonly timeout: number;
  /** How often a request may be repeated. */
  readonly retries: number;
  readonly keys: Pick<Keys, 'current' | 'replaces'>;
  /** Returns the texts that no message may contain. */
  readonly secrets: () => readonly string[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Pick<Log, 'debug' | 'warn'>;
  readonly onRequest?: ((request: EndedRequest) => void) | undefined;
  readonly lease: Lease;
  /** The pause that an earlier process was asked for; null: none. */
  readonly pause: AskedPause | null;
  /** Called when the API has asked for a pause. */
  readonly onPause: () => void;
  /** Aborted when no further attempt may start. */
  readonly closing: AbortSignal;
}

/** Sends requests with authentication, throttle, retries, pauses, and counters. */
export interface Sender {
  /** Resolves with the JSON of the answer; rejects with an `ApiError`. */
  readonly send: (request: Request) => Promise<unknown>;
  /** Returns the counters so far, without the waiting time, which the throttle counts. */
  sent(): Omit<Usage, 'waitedMs'>;
  /** Returns the last pause that the API asked for; null: none. */
  pause(): AskedPause | null;
}

/** One attempt and the pause in milliseconds that its answer asks for. */
interface Attempt {
  readonly outcome: Answer | Failure;
  readonly asked: number;
}

/**
 * The order of the queue. A retry comes before a first attempt, so that work in progress ends. Then a write comes
 * before a read, since a user waits for a write, and a scan can wait. A request in the background comes last.
 */
const repeatFirst = 2;
const writeFirst = 1;
const backgroundLast = -1;

const priorityOf = (request: Request, tries: number): number =>
  request.background ? backgroundLast : tries * repeatFirst + (isWrite(request) ? writeFirst : 0);

const stopped: Attempt = { outcome: { sort: 'stopped' }, asked: 0 };

/**
 * Creates a sender. It waits between attempts itself, by the clock, instead of leaving retries to got: a pause then
 * occupies no slot of the throttle, each attempt takes a token of its own, and a test can control the time.
 */
export function createSender(options: SenderOptions): Sender {
  const { retries, keys, secrets, clock, random, closing } = options;
  const attempts = createAttempts(options);
  return {
    async send(request) {
      let refused: string | undefined;
      for (let tries = 1; ; tries += 1) {
        const key = keys.current();
        const { outcome, asked } = await attempts.next(request, tries);
        if (outcome.sort === 'answer') return outcome.body;
        // Once per request, and for writes too: the API has not processed a request that it did not authenticate.
        if (statusOf(outcome) === 401 && refused === undefined && (await keys.replaces(key))) {
          refused = key;
          continue;
        }
        const allowed = request.background ? 0 : retries;
        const step = nextStep(request, outcome, tries, {
          retries: allowed,
          asked,
          random: random(),
        });
        if ('note' in step) throw toApiError(request, outcome, secrets(), step.note);
        await pause(clock, step.pause, request.signal ?? closing);
      }
    },
    sent: attempts.count,
    pause: attempts.pause,
  };
}

/** Waits. If the signal aborts the wait, it resolves: the next attempt then finds that it may not start. */
async function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0) return;
  await clock.sleep(milliseconds, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** Sends single attempts through the throttle and counts them. */
function createAttempts(options: SenderOptions) {
  const { transport, throttle, timeout, clock, log, onRequest, lease, closing, tracer } = options;
  const count = { requests: 0, retries: 0, rateLimited: 0 };
  /** Set after the API asked for a pause that is too long: until when nothing is sent (by `clock.steady`), and why. */
  let noRequests = { until: -Infinity, reason: '' };
  let asked: AskedPause | null = null;
  /** Keeps a pause that was asked for. */
  const keepPause = ({ until, reason }: AskedPause): void => {
    asked = { until, reason };
    if (reason === null) throttle.pauseUntil(until);
    else noRequests = { until: clock.steady() + until - clock.now().getTime(), reason };
  };
  // No pause is longer, unless the clock was set back since.
  const end = clock.now().getTime() + longestAskedPause;
  if (options.pause) keepPause({ ...options.pause, until: Math.min(options.pause.until, end) });

  const attempt = async (
    request: Request,
    tries: number,
    queuedAt: number,
    report: ReportLoad,
  ): Promise<Attempt> => {
    if (clock.steady() < noRequests.until)
      return { outcome: { sort: 'unsent', reason: noRequests.reason, lasting: true }, asked: 0 };
    const { observer } = request;
    await observer?.sending(new Date(clock.now().getTime() + timeout));
    // Another process may begin to write when the lease has ended. The transport asks again before it sends.
    if (!lease.isHeld()) return stopped;
    const start = clock.now().getTime();
    count.requests += 1;
    if (tries > 1) count.retries += 1;
    const outcome = await tracer.request(
      { ...request, url: () => urlOf(request, options), resends: tries - 1 },
      () => transport.exchange(request),
      requestEnd,
    );
    const milliseconds = clock.now().getTime() - start;
    const pauseMs = outcome.sort === 'answer' ? 0 : askedPause(outcome, clock.now());
    onRequest?.({ method: request.method, status: statusOf(outcome), waitedMs: start - queuedAt });
    log.debug({ ...logFields(request, outcome), tries, milliseconds }, 'request ended');
    const loadSignal = loadSignalOf(outcome);
    if (loadSignal === 'limited') count.rateLimited += 1;
    if (pauseMs > longestAskedPause) stopSending(pauseMs);
    else if (pauseMs > 0) pauseThrottle(pauseMs);
    if (loadSignal) report(loadSignal);
    if (observer && outcome.sort !== 'answer') await reportOutcome(observer, request, outcome);
    return { outcome, asked: pauseMs };
  };

  /**
   * Called within the throttled task, before it reports its end, so that no attempt starts between the answer and the
   * pause that it asks for.
   */
  const pauseThrottle = (milliseconds: number): void => {
    log.warn({ milliseconds }, 'the API asks for a pause');
    keepPause({ until: clock.now().getTime() + milliseconds, reason: null });
    options.onPause();
  };

  const stopSending = (milliseconds: number): void => {
    log.warn({ milliseconds }, 'the API asks for a pause that is too long to wait for');
    keepPause({
      until: clock.now().getTime() + longestAskedPause,
      reason: `the API has asked for a pause of ${Math.ceil(milliseconds / 1000)} s; it is asked again within ten minutes`,
    });
    options.onPause();
  };

  const next = async (request: Request, tries: number): Promise<Attempt> => {
    const { signal } = request;
    if (closing.aborted) return stopped;
    try {
      const queuedAt = clock.now().getTime();
      const queueOptions = { priority: priorityOf(request, tries), ...(signal && { signal }) };
      return await throttle.run(
        (report) => attempt(request, tries, queuedAt, report),
        queueOptions,
      );
    } catch (error) {
      if (closing.aborted || signal?.aborted) return stopped;
      throw error;
    }
  };

  return { next, count: () => ({ ...count }), pause: () => asked };
}

const reportOutcome = (
  observer: WriteObserver,
  { method }: Request,
  failure: Failure,
): Promise<void> =>
  judge(method, failure).verdict === 'uncertain'
    ? observer.maybeAccepted()
    : observer.notAccepted();

const statusOf = (outcome: Answer | Failure): number | undefined =>
  outcome.sort === 'answer' ? 200 : 'status' in outcome ? outcome.status : undefined;

/** The URL of a request. Its path and query are without the secrets of the client. */
function urlOf(request: Request, { base, secrets }: SenderOptions): string {
  const { origin, href } = addressOf(base, request);
  return origin + redactor(secrets())(href.slice(origin.length));
}

/** How an attempt ended. The error is its status, or a word for failures without one. */
function requestEnd(outcome: Answer | Failure): RequestEnd {
  const status = 'status' in outcome ? outcome.status : undefined;
  if (outcome.sort === 'answer') return { status, error: undefined };
  return { status, error: outcome.sort === 'refused' ? String(status) : outcome.sort };
}

const logFields = ({ method, path }: Request, outcome: Answer | Failure) => ({
  method,
  path,
  result: outcome.sort,
  ...(outcome.sort !== 'answer' && 'status' in outcome && { status: outcome.status }),
});
