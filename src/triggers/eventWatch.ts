import { ApiError, MalformedAnswer, type Api } from '../model/api.ts';
import type { JobPage, Jobs } from '../model/kind/jobs.ts';
import type { Log } from '../model/log.ts';
import type { PassEffects } from '../model/pass/passEffects.ts';
import type { Clock } from '../model/time/clock.ts';
import { newsOf, type SeenJobs } from './eventNews.ts';

/** The options of an event watch. */
export interface EventWatchOptions {
  /** Milliseconds between two requests. */
  readonly interval: number;
  readonly jobs: Pick<Jobs, 'kind' | 'newest'>;
  readonly api: Api;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  /** Whether a pass runs: nothing is read then, and a page that was read across the start of a pass is dropped. */
  readonly isPassing: () => boolean;
  /** Called when there is an event that Holdfast did not cause. */
  readonly onNews: () => void;
  /** Aborted when the daemon stops. */
  readonly stop: AbortSignal;
}

/** A running event watch. Disposing of it stops it. */
export interface EventWatch extends Disposable {
  /** To be called at the end of each pass. Nothing is read before the first one. */
  passEnded(effects: PassEffects): void;
}

/**
 * Starts to read the newest machine events at an interval, one request each time, in the background of the client. The
 * first page is the baseline. If the API refuses the list, or answers something else, it stops. A failure that may pass
 * is logged once, until a page can be read again.
 */
export function startEventWatch(options: EventWatchOptions): EventWatch {
  const { interval, clock, log, stop } = options;
  const disposing = new AbortController();
  const signal = AbortSignal.any([disposing.signal, stop]);
  const reader = createReader(options, signal);
  const run = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(interval, signal);
      await reader.tick();
    }
  };
  run().catch((error: unknown) => {
    if (signal.aborted) return;
    const { message } = error as Error;
    if (error instanceof ApiError)
      log.warn({ error: message }, 'machine events are off: the API does not list them');
    else log.error({ err: error }, 'machine events are off');
  });
  return {
    passEnded: (effects) => reader.passEnded(effects),
    [Symbol.dispose]: () => disposing.abort(),
  };
}

/** Reads pages, and remembers what they showed. `tick` rejects if there is no use in further pages. */
function createReader(
  { jobs, api, log, isPassing, onNews }: EventWatchOptions,
  signal: AbortSignal,
) {
  const background = api.inBackground();
  const own = new Set<string>();
  let seen: SeenJobs | undefined;
  let isUsed = false;
  let passes = 0;
  let isFailing = false;

  const read = async (): Promise<JobPage | undefined> => {
    try {
      const page = await jobs.newest(background);
      if (isFailing) log.info({}, 'machine events can be read again');
      isFailing = false;
      return page;
    } catch (error) {
      if (signal.aborted || !isTemporary(error)) throw error;
      if (!isFailing)
        log.warn({ error: error.message }, 'machine events cannot be read at present');
      isFailing = true;
      return undefined;
    }
  };

  return {
    passEnded({ kinds, written }: PassEffects): void {
      passes += 1;
      isUsed = kinds.has(jobs.kind);
      if (isUsed) for (const id of written) own.add(id);
      else seen = undefined;
    },
    async tick(): Promise<void> {
      if (!isUsed || isPassing()) return;
      const before = passes;
      const page = await read();
      if (!page || signal.aborted || isPassing() || passes !== before) return;
      const { foreign, missed, seen: next } = newsOf(page, seen, own);
      seen = next;
      own.clear();
      const [newest] = foreign;
      if (!newest && !missed) return;
      const { id: event, verb, machine } = newest ?? {};
      log.info({ event, verb, machine, missed }, 'somebody else changed a machine');
      onNews();
    },
  };
}

/** Whether a later request may succeed: the API neither refused the list nor answered something else. */
const isTemporary = (error: unknown): error is ApiError =>
  error instanceof ApiError &&
  (error.status === 401 || error.verdict !== 'rejected') &&
  !(error.cause instanceof MalformedAnswer);
