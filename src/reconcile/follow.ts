import type { Api } from '../model/api.ts';
import { ApiError } from '../model/api.ts';
import type { Clock } from '../model/clock.ts';
import type { Job } from '../model/jobs.ts';
import type { Catalog, Listed } from '../model/kind.ts';

/** How asynchronous work ended. `pending`: it had not, when waiting was given up. */
export type Settlement =
  | { readonly is: 'settled' }
  | { readonly is: 'failed'; readonly error: string }
  | { readonly is: 'pending' };

/** Follows asynchronous work to its end: all of it together, in one poll. */
export interface Follower {
  /** Resolves when the job has ended and the resource is at rest. Rejects on a bug only. */
  follow(work: Work): Promise<Settlement>;
}

/** A resource that the API is at work on. With `gone`, its end is that it is not there any more. */
export interface Work {
  readonly kind: string;
  readonly id: string;
  readonly event?: string;
  readonly gone: boolean;
}

interface Entry extends Omit<Work, 'event'> {
  readonly since: number;
  /** The event of its job, until that has ended. */
  job: string | undefined;
  readonly end: (settlement: Settlement) => void;
  readonly fail: (bug: unknown) => void;
}

/** What following needs. `pages`: how many requests a whole listing of a kind takes. */
export interface FollowerOptions {
  readonly api: Api;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** For how long anything is followed, in milliseconds from when the follower was made; not set: for as long as it takes. */
  readonly patience?: number;
  readonly pages: (kind: string) => number;
}

const firstTick = 500;
const longestTick = 5000;

/**
 * A follower that polls while there is anything to follow: per tick one walk of the newest machine events, as far back as the
 * oldest that is awaited, and one look at the resources whose job has ended. Ticks grow from half a second to five. When the signal
 * is aborted, or its patience is over, all that is left is pending. A poll that fails is tried again at the next tick.
 */
export function createFollower(options: FollowerOptions): Follower {
  const entries = new Set<Entry>();
  let polling: Promise<void> | undefined;
  let tick = firstTick;
  const { clock, signal, patience = Number.POSITIVE_INFINITY } = options;
  const end = clock.now().getTime() + patience;
  const left = (): number => end - clock.now().getTime();

  const poll = async (): Promise<void> => {
    while (entries.size > 0) {
      await clock.sleep(Math.max(0, Math.min(tick, left())), signal).catch(() => undefined);
      if (signal.aborted || left() <= 0) break;
      tick = Math.min(tick * 1.3, longestTick);
      await look(entries, options);
    }
    for (const entry of entries) entry.end({ is: 'pending' });
  };

  const pollToTheEnd = async (): Promise<void> => {
    try {
      await poll();
    } catch (bug) {
      for (const entry of entries) entry.fail(bug);
    }
    entries.clear();
    polling = undefined;
  };

  return {
    follow: ({ event, ...work }) =>
      new Promise((resolve, reject) => {
        const entry: Entry = {
          ...work,
          since: clock.now().getTime(),
          job: event,
          fail: reject,
          end: (settlement) => {
            entries.delete(entry);
            resolve(settlement);
          },
        };
        entries.add(entry);
        tick = firstTick;
        polling ??= pollToTheEnd();
      }),
  };
}

async function look(entries: ReadonlySet<Entry>, options: FollowerOptions): Promise<void> {
  try {
    await readJobs([...entries], options);
    await readResources(
      [...entries].filter(({ job }) => job === undefined),
      options,
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** Clocks differ between machines, so the walk goes back somewhat further than the oldest entry. */
const clockSkew = 60_000;

async function readJobs(
  entries: readonly Entry[],
  { api, catalog }: FollowerOptions,
): Promise<void> {
  const byEvent = new Map(
    entries.flatMap((entry) => (entry.job === undefined ? [] : [[entry.job, entry] as const])),
  );
  if (byEvent.size === 0) return;
  const oldest = Math.min(...[...byEvent.values()].map(({ since }) => since)) - clockSkew;
  for await (const page of catalog.jobs.tail(api)) {
    for (const job of page) {
      const entry = byEvent.get(job.id);
      if (entry) ended(entry, job);
      byEvent.delete(job.id);
    }
    if (byEvent.size === 0 || page.some(({ at }) => Date.parse(at) < oldest)) break;
  }
  for (const [id, entry] of byEvent) {
    const job = await catalog.jobs.get(api, id);
    if (job) ended(entry, job);
    else entry.job = undefined;
  }
}

function ended(entry: Entry, job: Job): void {
  if (job.state === 'failed') entry.end({ is: 'failed', error: job.error ?? 'it failed' });
  if (job.state === 'done') entry.job = undefined;
}

async function readResources(awaited: readonly Entry[], options: FollowerOptions): Promise<void> {
  for (const [kind, entries] of Map.groupBy(awaited, (entry) => entry.kind)) {
    const { get, list } = options.catalog.kinds.get(kind) ?? {};
    if (!get || !list) {
      for (const entry of entries) entry.end({ is: 'settled' });
      continue;
    }
    if (entries.length <= options.pages(kind))
      for (const entry of entries) settle(entry, await get(options.api, entry.id));
    else {
      const live = new Map<string, Listed>();
      for await (const page of list(options.api)) for (const item of page) live.set(item.id, item);
      for (const entry of entries) settle(entry, live.get(entry.id));
    }
  }
}

/** A resource that is not shown yet is waited for; one that is to go is waited for until it is not shown. */
function settle(entry: Entry, live: Pick<Listed, 'settled' | 'failure'> | undefined): void {
  if (live?.failure !== undefined) return entry.end({ is: 'failed', error: live.failure });
  if (entry.gone ? live === undefined : live !== undefined && (live.settled ?? true))
    entry.end({ is: 'settled' });
}
