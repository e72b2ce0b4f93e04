import type { Api } from '../../model/api.ts';
import { ApiError } from '../../model/api.ts';
import type { Clock } from '../../model/time/clock.ts';
import type { Job } from '../../model/jobs.ts';
import type { Catalog, Listed } from '../../model/kind.ts';

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
  /** The API has shown it before, so that it does not know it any more says that it is gone. */
  readonly wasSeen?: boolean;
}

interface Entry extends Omit<Work, 'event'> {
  readonly since: number;
  /** The event of its job, until that has ended. */
  job: string | undefined;
  /** From when on a resource that the API does not know has failed, in milliseconds since 1970. */
  missingFrom: number;
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
  /** Milliseconds for which what was just made may not be shown yet. */
  readonly visibility: number;
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
    follow: ({ event, wasSeen, ...work }) =>
      new Promise((resolve, reject) => {
        const since = clock.now().getTime();
        const entry: Entry = {
          ...work,
          since,
          job: event,
          missingFrom: wasSeen ? since : since + options.visibility,
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

async function readJobs(entries: readonly Entry[], options: FollowerOptions): Promise<void> {
  const { api, catalog } = options;
  const byEvent = new Map(
    entries.flatMap((entry) => (entry.job === undefined ? [] : [[entry.job, entry] as const])),
  );
  if (byEvent.size === 0) return;
  const oldest = Math.min(...[...byEvent.values()].map(({ since }) => since)) - clockSkew;
  for await (const page of catalog.jobs.tail(api)) {
    for (const job of page) {
      const entry = byEvent.get(job.id);
      if (entry) ended(entry, job, options);
      byEvent.delete(job.id);
    }
    if (byEvent.size === 0 || page.some(({ at }) => Date.parse(at) < oldest)) break;
  }
  for (const [id, entry] of byEvent) {
    const job = await catalog.jobs.get(api, id);
    ended(entry, job ?? { state: 'done' }, options);
  }
}

/** Takes note of how a job ended. After one that ended well, the resource may take a while to be shown. */
function ended(
  entry: Entry,
  { state, error }: Pick<Job, 'state' | 'error'>,
  { clock, visibility }: FollowerOptions,
): void {
  if (state === 'running') return;
  if (state === 'failed') return entry.end({ is: 'failed', error: error ?? 'it failed' });
  const now = clock.now().getTime();
  entry.job = undefined;
  entry.missingFrom = state === 'unclear' ? now : now + visibility;
}

async function readResources(awaited: readonly Entry[], options: FollowerOptions): Promise<void> {
  for (const [kind, entries] of Map.groupBy(awaited, (entry) => entry.kind)) {
    const { get, list } = options.catalog.kinds.get(kind) ?? {};
    if (!get || !list) {
      for (const entry of entries) entry.end({ is: 'settled' });
      continue;
    }
    if (entries.length <= options.pages(kind))
      for (const entry of entries) settle(entry, await get(options.api, entry.id), options.clock);
    else {
      const live = new Map<string, Listed>();
      for await (const page of list(options.api)) for (const item of page) live.set(item.id, item);
      for (const entry of entries) {
        // A list may lag: that something is gone, or never was, only the API's word on the very thing says.
        const listed = live.get(entry.id) ?? (await get(options.api, entry.id));
        settle(entry, listed, options.clock);
      }
    }
  }
}

/** A resource that is not shown yet is waited for, for as long as lists may lag; one that is to go, until it is not shown. */
function settle(
  entry: Entry,
  live: Pick<Listed, 'settled' | 'failure'> | undefined,
  clock: Clock,
): void {
  if (live?.failure !== undefined) return entry.end({ is: 'failed', error: live.failure });
  if (entry.gone ? live === undefined : live !== undefined && (live.settled ?? true))
    return entry.end({ is: 'settled' });
  if (!entry.gone && live === undefined && clock.now().getTime() >= entry.missingFrom)
    entry.end({ is: 'failed', error: 'its job has ended, and the API does not know it' });
}
