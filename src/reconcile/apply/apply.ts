import PQueue from 'p-queue';
import { ApiError } from '../../model/api.ts';
import type { Clock } from '../../model/time/clock.ts';
import { toldToStop, type Action, type ActionId, type Outcome } from '../../model/pass/plan.ts';
import type { Executed } from './execution.ts';
import type { Follower } from './jobPoller.ts';

/** How to apply. `signal`: start nothing more; `wait`: follow asynchronous work to its end. */
export interface ApplyOptions {
  readonly concurrency: number;
  readonly wait: boolean;
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, 'now'>;
  readonly follower: Follower;
  readonly run: (action: Action) => Promise<Executed>;
  /** Why a resource failed, or did not come to rest, where more is to be had than it says itself. Asked once an action. */
  readonly explainFailure: (kind: string, id: string) => Promise<string | undefined>;
  /** Whether the API knows a resource no longer. Asked once about a create whose job failed. */
  readonly isGone: (kind: string, id: string) => Promise<boolean>;
  /** What an action works on alone, such as a machine: of two that share something, the later one waits for the other's end. */
  readonly locks: (action: Action) => readonly string[];
  readonly onOutcome?: (action: Action, outcome: Outcome) => void;
}

/**
 * Carries out the actions that are not held, each as soon as what it requires is done; a failure skips only what requires it. Resolves
 * when every action has an outcome; rejects only on a bug or when something cannot be remembered. Then nothing more is started, and it
 * does so after all writes in flight have ended.
 */
export async function apply(
  actions: readonly Action[],
  given: ApplyOptions,
): Promise<ReadonlyMap<ActionId, Outcome>> {
  const broken = new AbortController();
  const options: ApplyOptions = {
    ...given,
    signal: AbortSignal.any([given.signal, broken.signal]),
    run: (action) =>
      given.run(action).catch((error: unknown) => {
        if (!(error instanceof ApiError)) broken.abort();
        throw error;
      }),
  };
  const queue = new PQueue({ concurrency: options.concurrency });
  const outcomes = new Map<ActionId, Promise<Outcome>>();
  const holders = new Map<string, Promise<Outcome>>();
  for (const action of actions) {
    const required = action.requires.map(async (id) => outcomes.get(id));
    const locks = options.locks(action);
    const earlier = (action.after ?? []).map(async (id) => outcomes.get(id));
    const waits = { required, earlier, others: locks.flatMap((lock) => holders.get(lock) ?? []) };
    const outcome = outcomeOf(action, waits, queue, options).then((result) => {
      options.onOutcome?.(action, result);
      return result;
    });
    outcomes.set(action.id, outcome);
    for (const lock of locks) holders.set(lock, outcome);
  }
  const ended = await Promise.allSettled(outcomes.values());
  for (const result of ended) if (result.status === 'rejected') throw result.reason;
  return new Map(
    await Promise.all([...outcomes].map(async ([id, outcome]) => [id, await outcome] as const)),
  );
}

/** What comes before an action: what must be done, where it has been started, and what must only be over. */
interface Waits {
  readonly required: readonly Promise<Outcome | undefined>[];
  /** What must have ended, well or not. */
  readonly earlier: readonly Promise<Outcome | undefined>[];
  readonly others: readonly Promise<Outcome>[];
}

async function outcomeOf(
  action: Action,
  { required, earlier, others }: Waits,
  queue: PQueue,
  options: ApplyOptions,
): Promise<Outcome> {
  if (action.held !== undefined)
    return { result: 'blocked', error: action.held, attempts: 0, took: 0 };
  const before = await Promise.all(required);
  const isOngoing = (await Promise.all(earlier)).some((outcome) => outcome?.result === 'pending');
  if (isOngoing || before.some((outcome) => outcome?.result !== 'done'))
    return {
      result: 'skipped',
      error: options.signal.aborted ? toldToStop : 'what it requires is not done',
      attempts: 0,
      took: 0,
    };
  await Promise.all(others);
  const { clock } = options;
  let start = clock.now().getTime();
  const written = await queue.add(() => {
    start = clock.now().getTime();
    return write(action, options);
  });
  const outcome =
    'outcome' in written ? written.outcome : await settled(action, written.executed, options);
  return { ...outcome, took: outcome.attempts === 0 ? 0 : clock.now().getTime() - start };
}

/** An outcome without how long it took. */
type Ended = Omit<Outcome, 'took'>;

type Written = { readonly executed: Executed } | { readonly outcome: Ended };

async function write(action: Action, { signal, run }: ApplyOptions): Promise<Written> {
  if (signal.aborted) return { outcome: { result: 'skipped', error: toldToStop, attempts: 0 } };
  try {
    return { executed: await run(action) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const refused = isForGood(error) ? { refused: true } : {};
    return { outcome: { result: 'failed', error: explain(error), attempts: 1, ...refused } };
  }
}

/** What the API says no to whenever it is asked, as things are (INTERFACE 6, promise 4). */
const isForGood = ({ verdict, status }: ApiError): boolean =>
  verdict === 'rejected' && (status === 400 || status === 403 || status === 422);

const explain = ({ message, verdict }: ApiError): string =>
  verdict === 'uncertain'
    ? `${message} (whether it happened is not known; the next pass looks)`
    : message;

async function settled(
  action: Action,
  { id, event, follow, note, fulfilled, isReached }: Executed,
  { wait, signal, follower, explainFailure, isGone }: ApplyOptions,
): Promise<Ended> {
  const done = {
    result: 'done',
    attempts: 1,
    resourceId: id,
    ...(note === undefined ? {} : { note }),
    ...(fulfilled === undefined ? {} : { fulfilled }),
  } as const;
  if (event === undefined && !follow) return done;
  if (!wait) return { ...done, result: 'pending' };
  const settlement = await follower.follow({
    kind: action.kind,
    id,
    ...(event === undefined ? {} : { event }),
    gone: action.verb === 'delete',
  });
  switch (settlement.is) {
    case 'settled':
      if (!isReached || (await isReached())) return done;
      return {
        ...done,
        result: 'failed',
        error: 'the API refused it while it was at work on the machine, which has ended otherwise',
      };
    case 'failed': {
      const why = both(settlement.error, await explainFailure(action.kind, id));
      const gone =
        action.verb === 'create' && (await isGone(action.kind, id)) ? { gone: true } : {};
      return { ...done, result: 'failed', error: `the API took it and failed: ${why}`, ...gone };
    }
    case 'pending': {
      const why = signal.aborted ? undefined : await explainFailure(action.kind, id);
      return why === undefined
        ? { ...done, result: 'pending' }
        : { ...done, result: 'failed', error: `the API took it, and it does not come up: ${why}` };
    }
  }
}

/** An error and what explains it, where that is not the same. */
const both = (error: string, why: string | undefined): string =>
  why === undefined || error.includes(why) ? error : `${error}: ${why}`;
