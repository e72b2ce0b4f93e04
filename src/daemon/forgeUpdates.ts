import { ForgeError, type CommitStatus, type Forge } from '../forge/forge.ts';
import { publishIssue } from '../forge/publishIssue.ts';
import type { Log } from '../model/log.ts';
import type { Report } from '../model/pass/report.ts';
import type { Clock } from '../model/time/clock.ts';
import { addressOf, type Address } from '../model/resource.ts';
import { driftIssueOf, driftingStatuses } from '../report/forge/driftIssue.ts';
import { statusOf } from '../report/forge/statusLine.ts';

/**
 * Keeps the statuses of commits and the issue for drift up to date, in the background: no call waits for the forge or
 * throws. One update runs at a time, and only the latest of those that wait is sent. Nothing is remembered between
 * processes: the issue is found by its marker, and the status is set again. Disposal gives up what is in flight.
 */
export interface ForgeUpdates extends AsyncDisposable {
  /** To be called when a commit comes into force. Its status becomes `pending`, once. */
  commitTaken(commit: string): void;
  /** To be called after each pass. `commit`: the one that the pass applied. */
  passEnded(report: Report, commit: string): void;
}

export interface ForgeUpdatesOptions {
  /** Opens the forge; called once per update, so that its token is read anew. May reject. */
  readonly open: (signal: AbortSignal) => Promise<Forge>;
  readonly workspace: string;
  /** Whether the config has workspaces. */
  readonly oneOfSeveral: boolean;
  /** The link of the status and in the issue. */
  readonly dashboardUrl: () => string | null;
  /** The complete passes in a row that must find the drift of a resource before the issue is about it. */
  readonly settle: number;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
}

/** Something at the forge as it should be. */
interface Wanted {
  /** Two with the same key need only one write. */
  readonly key: string;
  readonly send: (forge: Forge) => Promise<unknown>;
}

/** Something at the forge that is kept up to date. */
interface Kept {
  /** The log message if it fails. */
  readonly message: string;
  wanted?: Wanted | undefined;
  /** The key of what the forge has; undefined if that is not known. */
  current?: string | undefined;
  /** The failure that was logged last; undefined if the last update succeeded. */
  failure?: string | undefined;
}

/** Makes the updates of a workspace. Sends nothing yet. */
export function createForgeUpdates(options: ForgeUpdatesOptions): ForgeUpdates {
  const { open, workspace, oneOfSeveral, dashboardUrl, settle, clock, log } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const untilStopped: Clock = {
    now: () => clock.now(),
    steady: () => clock.steady(),
    sleep: (milliseconds) => clock.sleep(milliseconds, signal),
  };
  const status: Kept = { message: 'the status of the commit was not set; trying again later' };
  const issue: Kept = { message: 'the issue for drift was not updated; trying again later' };
  let taken: string | undefined;
  let streaks: Streaks = new Map();
  let isRunning = false;
  let lastRun: Promise<void> = Promise.resolve();

  const run = async (): Promise<void> => {
    isRunning = true;
    for (;;) {
      const due = [status, issue].filter(isDue);
      if (due.length === 0 || signal.aborted) break;
      const forge = (async () => open(signal))();
      for (const kept of due) await update(kept, forge, signal, log);
    }
    isRunning = false;
  };
  const want = (kept: Kept, wanted: Wanted): void => {
    kept.wanted = wanted;
    if (!isRunning) lastRun = run();
  };
  const wantStatus = (commit: string, text: Pick<CommitStatus, 'state' | 'description'>): void => {
    const wanted = { ...text, context: `holdfast/${workspace}`, url: dashboardUrl() };
    // A commit that is in sync keeps the figures of the pass that brought it there.
    const key = text.state === 'success' ? [commit] : [commit, text];
    want(status, {
      key: JSON.stringify(key),
      send: (forge) => forge.statuses.set(commit, wanted),
    });
  };

  return {
    commitTaken(commit) {
      if (commit === taken) return;
      taken = commit;
      wantStatus(commit, { state: 'pending', description: 'Holdfast applies this commit' });
    },
    passEnded(report, commit) {
      wantStatus(commit, statusOf(report));
      if (report.complete) streaks = streaksAfter(streaks, report);
      const wanted = driftIssueOf(
        report,
        { dashboard: dashboardUrl(), oneOfSeveral },
        ({ kind, name }) => (streaks.get(addressOf(kind, name)) ?? 0) >= settle,
      );
      if (!wanted) return;
      want(issue, {
        key: wanted.open ? wanted.body : 'closed',
        send: (forge) => publishIssue(forge.issues, wanted, untilStopped),
      });
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await lastRun;
    },
  };
}

/** For how many complete passes in a row each resource has drifted. */
type Streaks = ReadonlyMap<Address, number>;

/** The API may be at work on a resource for a while: its streak then stays. */
const streaksAfter = (before: Streaks, { resources }: Report): Streaks =>
  new Map(
    resources.flatMap(({ kind, name, status }) => {
      const address = addressOf(kind, name);
      const passes = before.get(address) ?? 0;
      if (status === 'pending' && passes > 0) return [[address, passes] as const];
      return driftingStatuses.has(status) ? [[address, passes + 1] as const] : [];
    }),
  );

/** Whether something waits to be written. Forgets what the forge has already. */
function isDue(kept: Kept): boolean {
  if (kept.wanted?.key === kept.current) kept.wanted = undefined;
  return kept.wanted !== undefined;
}

/** Writes what waits. A failure is logged unless it is the same as the last. Never rejects. */
async function update(
  kept: Kept,
  forge: Promise<Forge>,
  signal: AbortSignal,
  log: Pick<Log, 'warn'>,
): Promise<void> {
  const { wanted } = kept;
  kept.wanted = undefined;
  kept.current = undefined;
  try {
    await wanted?.send(await forge);
    kept.current = wanted?.key;
    kept.failure = undefined;
  } catch (error) {
    if (signal.aborted) return;
    const failure = sortOf(error);
    if (kept.failure === failure) return;
    kept.failure = failure;
    log.warn(
      error instanceof ForgeError ? { reason: error.message } : { err: error },
      kept.message,
    );
  }
}

/** Equal for failures that need one line in the log. */
const sortOf = (error: unknown): string =>
  error instanceof ForgeError ? `${error.verdict} ${error.status ?? ''}` : (error as Error).name;
