import type { Api } from '../../model/api.ts';
import { ApiError } from '../../model/api.ts';
import type { Clock } from '../../model/time/clock.ts';
import { noTracer, type Tracer } from '../../model/tracer.ts';
import type { Job } from '../../model/kind/jobs.ts';
import type { Catalog, Listed } from '../../model/kind/kind.ts';

/**
 * The result of a job. `succeeded`: the resource is ready, or gone if that was awaited. `pending`: it had not ended
 * when the poller stopped.
 */
export type JobResult =
  | { readonly is: 'succeeded' }
  | { readonly is: 'failed'; readonly error: string }
  | { readonly is: 'pending' };

/** Waits for asynchronous jobs, all of them in one poll. */
export interface JobPoller {
  /**
   * Resolves once the job has ended and its resource is ready, or with `pending` if the poller stops before. Rejects
   * only on a bug.
   */
  follow(work: JobRequest): Promise<JobResult>;
}

/** A resource with a running job. */
export interface JobRequest {
  readonly kind: string;
  readonly id: string;
  /** The id of the job's machine event, if it has one. Otherwise only the resource shows the end. */
  readonly event?: string;
  /** Whether the job ends with the resource gone, instead of ready. */
  readonly gone: boolean;
  /**
   * Whether the API has returned the resource before: if it no longer does, the resource is gone at once, without a
   * visibility window.
   */
  readonly wasSeen?: boolean;
}

interface PendingJob extends Omit<JobRequest, 'event'> {
  readonly since: number;
  /** The id of the job's event, until the job has ended. */
  job: string | undefined;
  /** The time from which a missing resource counts as failed, in milliseconds since 1970. */
  missingFrom: number;
  readonly end: (result: JobResult) => void;
  readonly fail: (bug: unknown) => void;
}

/** The means and limits of the poller. */
export interface JobPollerOptions {
  readonly api: Api;
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** Default: nothing is recorded. */
  readonly tracer?: Tracer;
  readonly signal: AbortSignal;
  /** How long to wait for any job, in milliseconds from the creation of the poller. Default: no limit. */
  readonly waitTimeoutMs?: number;
  /** The number of requests that a complete list of a kind takes. */
  readonly pages: (kind: string) => number;
  /** How long lists may leave out a new resource, in milliseconds. */
  readonly visibility: number;
}

const minIntervalMs = 500;
const maxIntervalMs = 5000;

/**
 * Makes a poller that runs while jobs are pending. Each poll reads the machine events, newest first, back to the oldest
 * pending job, and the resources whose job has ended. The interval grows from 0.5 to 5 seconds, and a new job resets
 * it. When the signal is aborted, or `waitTimeoutMs` has passed, the remaining jobs resolve as `pending`. A poll that
 * fails is retried at the next interval.
 */
export function createJobPoller(options: JobPollerOptions): JobPoller {
  const jobs = new Set<PendingJob>();
  let polling: Promise<void> | undefined;
  let intervalMs = minIntervalMs;
  const { clock, signal, tracer = noTracer, waitTimeoutMs = Number.POSITIVE_INFINITY } = options;
  const deadline = clock.now().getTime() + waitTimeoutMs;
  const remainingMs = (): number => deadline - clock.now().getTime();

  const poll = async (): Promise<void> => {
    while (jobs.size > 0) {
      const sleepMs = Math.max(0, Math.min(intervalMs, remainingMs()));
      await clock.sleep(sleepMs, signal).catch(() => undefined);
      if (signal.aborted || remainingMs() <= 0) break;
      intervalMs = Math.min(intervalMs * 1.3, maxIntervalMs);
      await pollOnce(jobs, options);
    }
    for (const job of jobs) job.end({ is: 'pending' });
  };

  // The polls are for all jobs, so they belong to what made the poller, and not to one action.
  const pollUntilDone = tracer.bind(async (): Promise<void> => {
    try {
      await poll();
    } catch (bug) {
      for (const job of jobs) job.fail(bug);
    }
    jobs.clear();
    polling = undefined;
  });

  return {
    follow: ({ event, wasSeen, ...work }) =>
      new Promise((resolve, reject) => {
        const since = clock.now().getTime();
        const pending: PendingJob = {
          ...work,
          since,
          job: event,
          missingFrom: wasSeen ? since : since + options.visibility,
          fail: reject,
          end: (result) => {
            jobs.delete(pending);
            resolve(result);
          },
        };
        jobs.add(pending);
        intervalMs = minIntervalMs;
        polling ??= pollUntilDone();
      }),
  };
}

async function pollOnce(
  pending: ReadonlySet<PendingJob>,
  options: JobPollerOptions,
): Promise<void> {
  try {
    await readJobs([...pending], options);
    await readResources(
      [...pending].filter(({ job }) => job === undefined),
      options,
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/**
 * Clocks differ between machines, so events are read this much further back than the oldest pending job, in
 * milliseconds.
 */
const clockSkew = 60_000;

async function readJobs(pending: readonly PendingJob[], options: JobPollerOptions): Promise<void> {
  const { api, catalog } = options;
  const byEvent = new Map(
    pending.flatMap((entry) => (entry.job === undefined ? [] : [[entry.job, entry] as const])),
  );
  if (byEvent.size === 0) return;
  const oldest = Math.min(...[...byEvent.values()].map(({ since }) => since)) - clockSkew;
  for await (const page of catalog.jobs.tail(api)) {
    for (const job of page) {
      const entry = byEvent.get(job.id);
      if (entry) recordJobState(entry, job, options);
      byEvent.delete(job.id);
    }
    if (byEvent.size === 0 || page.some(({ at }) => Date.parse(at) < oldest)) break;
  }
  for (const [id, entry] of byEvent) {
    const job = await catalog.jobs.get(api, id);
    recordJobState(entry, job ?? { state: 'done' }, options);
  }
}

/** Records the state of a job. After a job that succeeded, the API may not return the resource yet. */
function recordJobState(
  entry: PendingJob,
  { state, error }: Pick<Job, 'state' | 'error'>,
  { clock, visibility }: JobPollerOptions,
): void {
  if (state === 'running') return;
  if (state === 'failed') return entry.end({ is: 'failed', error: error ?? 'it failed' });
  const now = clock.now().getTime();
  entry.job = undefined;
  entry.missingFrom = state === 'unclear' ? now : now + visibility;
}

async function readResources(
  awaited: readonly PendingJob[],
  options: JobPollerOptions,
): Promise<void> {
  for (const [kind, entries] of Map.groupBy(awaited, (entry) => entry.kind)) {
    const { get, list } = options.catalog.kinds.get(kind) ?? {};
    if (!get || !list) {
      for (const entry of entries) entry.end({ is: 'succeeded' });
      continue;
    }
    if (entries.length <= options.pages(kind))
      for (const entry of entries)
        endIfReady(entry, await get(options.api, entry.id), options.clock);
    else {
      const live = new Map<string, Listed>();
      for await (const page of list(options.api)) for (const item of page) live.set(item.id, item);
      for (const entry of entries) {
        // A list may lag: only a request for the resource itself shows that it does not exist.
        const listed = live.get(entry.id) ?? (await get(options.api, entry.id));
        endIfReady(entry, listed, options.clock);
      }
    }
  }
}

/**
 * Ends a job whose resource failed, is ready, or is gone as awaited. A missing resource is waited for as long as lists
 * may lag.
 */
function endIfReady(
  entry: PendingJob,
  live: Pick<Listed, 'ready' | 'failure'> | undefined,
  clock: Clock,
): void {
  if (live?.failure !== undefined) return entry.end({ is: 'failed', error: live.failure });
  if (entry.gone ? live === undefined : live !== undefined && (live.ready ?? true))
    return entry.end({ is: 'succeeded' });
  if (!entry.gone && live === undefined && clock.now().getTime() >= entry.missingFrom)
    entry.end({ is: 'failed', error: 'its job has ended, but the API has no such resource' });
}
