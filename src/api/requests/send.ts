import type { EndedRequest, Usage, WriteObserver } from '../../model/api.ts';
import type { Clock } from '../../model/time/clock.ts';
import type { Log } from '../../model/log.ts';
import { endingOf } from '../throttle/loadSignal.ts';
import { explain } from './toApiError.ts';
import type { Answer, Failure } from './failure.ts';
import type { Keys } from '../keys.ts';
import { isWrite, type Request } from './request.ts';
import { askedPause, longestAskedPause, nextStep } from './retry.ts';
import type { Tell, Throttle } from '../throttle/throttle.ts';
import type { Transport } from '../transport/transport.ts';
import { judge } from './verdict.ts';

export interface SenderOptions {
  readonly transport: Transport;
  readonly throttle: Throttle;
  /** Milliseconds within which the transport ends an attempt. */
  readonly timeout: number;
  /** How often a request may be repeated. */
  readonly retries: number;
  readonly keys: Pick<Keys, 'current' | 'replaces'>;
  /** What is kept out of every message. */
  readonly secrets: () => readonly string[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Pick<Log, 'debug' | 'warn'>;
  readonly onRequest?: ((request: EndedRequest) => void) | undefined;
  /** Aborted when nothing more may start. */
  readonly closing: AbortSignal;
}

/** Requests with everything that belongs to them: token, place, attempts, pauses, count. */
export interface Sender {
  /** The JSON of the answer, or an `ApiError`. */
  readonly send: (request: Request) => Promise<unknown>;
  /** What was sent so far, but for the waiting, which the throttle knows. */
  sent(): Omit<Usage, 'waitedMs'>;
}

/** One attempt and the pause that its answer asks for, in milliseconds. */
interface Attempt {
  readonly outcome: Answer | Failure;
  readonly asked: number;
}

/**
 * What goes first. A repeat before what has not been tried, so that work once begun comes to an end; then a write before a
 * read, since somebody waits for what is written, and a scan can wait.
 */
const repeatFirst = 2;
const writeFirst = 1;

const priorityOf = (request: Request, tries: number): number =>
  tries * repeatFirst + (isWrite(request) ? writeFirst : 0);

const stopped: Attempt = { outcome: { sort: 'stopped' }, asked: 0 };

/**
 * Pauses are kept here, by the clock, and not by got: a pause then holds no place in the throttle, each attempt takes a token
 * of its own, and a test can give the time.
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
        // Once only, and a write too: what the API does not let in it has not taken.
        if (statusOf(outcome) === 401 && refused === undefined && (await keys.replaces(key))) {
          refused = key;
          continue;
        }
        const step = nextStep(request, outcome, tries, { retries, asked, random: random() });
        if ('note' in step) throw explain(request, outcome, secrets(), step.note);
        await rest(clock, step.pause, request.signal ?? closing);
      }
    },
    sent: attempts.count,
  };
}

/** A pause that is cut short is over: the attempt that comes after it finds that it may not start. */
async function rest(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0) return;
  await clock.sleep(milliseconds, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** Single attempts through the throttle, counted. */
function createAttempts(options: SenderOptions) {
  const { transport, throttle, timeout, clock, log, onRequest, closing } = options;
  const count = { requests: 0, retries: 0, rateLimited: 0 };
  /** After a pause was asked for that nobody waits for: until when nothing is sent (`clock.steady`), and why. */
  let closed = { until: -Infinity, reason: '' };

  const exchange = async (
    request: Request,
    tries: number,
    since: number,
    tell: Tell,
  ): Promise<Attempt> => {
    if (clock.steady() < closed.until)
      return { outcome: { sort: 'unsent', reason: closed.reason, lasting: true }, asked: 0 };
    const { observer } = request;
    await observer?.sending(new Date(clock.now().getTime() + timeout));
    const start = clock.now().getTime();
    count.requests += 1;
    if (tries > 1) count.retries += 1;
    const outcome = await transport.exchange(request);
    const asked = outcome.sort === 'answer' ? 0 : askedPause(outcome, clock.now());
    const milliseconds = clock.now().getTime() - start;
    onRequest?.({ method: request.method, status: statusOf(outcome), waitedMs: start - since });
    log.debug({ ...inLog(request, outcome), tries, milliseconds }, 'request ended');
    const ending = endingOf(outcome);
    if (ending === 'limited') count.rateLimited += 1;
    if (asked > longestAskedPause) close(asked);
    else if (asked > 0) hold(asked);
    if (ending) tell(ending);
    if (observer && outcome.sort !== 'answer') await reportFate(observer, request, outcome);
    return { outcome, asked };
  };

  /** Called inside the task and before it tells its end, so that nothing starts between the answer and the pause that it asks for. */
  const hold = (milliseconds: number): void => {
    log.warn({ milliseconds }, 'the API asks for a pause');
    throttle.pauseUntil(clock.now().getTime() + milliseconds);
  };

  const close = (milliseconds: number): void => {
    log.warn({ milliseconds }, 'the API asks for a pause that is too long to wait for');
    closed = {
      until: clock.steady() + longestAskedPause,
      reason: `the API has asked for a pause of ${Math.ceil(milliseconds / 1000)} s; it is asked again within ten minutes`,
    };
  };

  const next = async (request: Request, tries: number): Promise<Attempt> => {
    const { signal } = request;
    if (closing.aborted) return stopped;
    try {
      const since = clock.now().getTime();
      const place = { priority: priorityOf(request, tries), ...(signal && { signal }) };
      return await throttle.run((tell) => exchange(request, tries, since, tell), place);
    } catch (error) {
      if (closing.aborted || signal?.aborted) return stopped;
      throw error;
    }
  };

  return { next, count: () => ({ ...count }) };
}

const reportFate = (
  observer: WriteObserver,
  { method }: Request,
  failure: Failure,
): Promise<void> =>
  judge(method, failure).verdict === 'uncertain' ? observer.maybeTaken() : observer.notTaken();

const statusOf = (outcome: Answer | Failure): number | undefined =>
  outcome.sort === 'answer' ? 200 : 'status' in outcome ? outcome.status : undefined;

const inLog = ({ method, path }: Request, outcome: Answer | Failure) => ({
  method,
  path,
  result: outcome.sort,
  ...('status' in outcome && { status: outcome.status }),
});
