// Runs the actions of a plan. In: guarded actions. Out: an `Outcome` for each. `apply` orders them and waits for their
// jobs by `jobPoller.ts`; `execute.ts` runs one action by `executeCreate.ts`, `executeUpdate.ts`, or
// `executeMember.ts`, which record in the store by `intents.ts` and `obligations.ts` what must survive a crash;
// `recordPass.ts` then records the outcomes.

import PQueue from 'p-queue';
import { ApiError } from '../../model/api.ts';
import type { Clock } from '../../model/time/clock.ts';
import { noTracer, type Tracer } from '../../model/tracer.ts';
import { stoppedReason, type Action, type ActionId, type Outcome } from '../../model/pass/plan.ts';
import type { Executed } from './execution.ts';
import type { JobPoller } from './jobPoller.ts';

/** The means and limits of applying. */
export interface ApplyOptions {
  /** The number of writes that are sent at the same time. */
  readonly concurrency: number;
  /** Whether to wait for the jobs that actions start. If false, such an action is `pending`. */
  readonly wait: boolean;
  /** Once aborted, no further action is started. */
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, 'now'>;
  /** Records the actions. Default: none is recorded. */
  readonly tracer?: Tracer;
  readonly follower: JobPoller;
  readonly run: (action: Action) => Promise<Executed>;
  /**
   * Reads why a resource failed, or did not become ready, from where the API says more. Called at most once per action.
   */
  readonly explainFailure: (kind: string, id: string) => Promise<string | undefined>;
  /** Reads whether the API has no such resource any more. Called once, after the job of a create failed. */
  readonly isGone: (kind: string, id: string) => Promise<boolean>;
  /**
   * The locks of an action, such as its machine. Of two actions with a common lock, the later waits until the earlier
   * has ended.
   */
  readonly locks: (action: Action) => readonly string[];
  readonly onOutcome?: (action: Action, outcome: Outcome) => void;
}

/**
 * Runs the actions that are not blocked, each as soon as the actions it requires are done. A failure skips only the
 * actions that require it. Resolves once every action has an outcome. Rejects only on a bug, or if the store cannot be
 * written: it then starts no further action, and rejects after all writes in flight have ended.
 */
export async function apply(
  actions: readonly Action[],
  applyOptions: ApplyOptions,
): Promise<ReadonlyMap<ActionId, Outcome>> {
  const bug = new AbortController();
  const options: ApplyOptions = {
    ...applyOptions,
    signal: AbortSignal.any([applyOptions.signal, bug.signal]),
    run: (action) =>
      applyOptions.run(action).catch((error: unknown) => {
        if (!(error instanceof ApiError)) bug.abort();
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
    const before = {
      required,
      earlier,
      lockHolders: locks.flatMap((lock) => holders.get(lock) ?? []),
    };
    const outcome = outcomeOf(action, before, queue, options).then((result) => {
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

/** The outcomes that an action waits for. */
interface Predecessors {
  /** Must be `done`. */
  readonly required: readonly Promise<Outcome | undefined>[];
  /** Must have ended, whether they succeeded or failed. */
  readonly earlier: readonly Promise<Outcome | undefined>[];
  /** Hold a lock that the action needs. */
  readonly lockHolders: readonly Promise<Outcome>[];
}

async function outcomeOf(
  action: Action,
  { required, earlier, lockHolders }: Predecessors,
  queue: PQueue,
  options: ApplyOptions,
): Promise<Outcome> {
  if (action.blockedReason !== undefined)
    return { result: 'blocked', error: action.blockedReason, attempts: 0, took: 0 };
  const requiredOutcomes = await Promise.all(required);
  const isPending = (await Promise.all(earlier)).some((outcome) => outcome?.result === 'pending');
  if (isPending || requiredOutcomes.some((outcome) => outcome?.result !== 'done'))
    return {
      result: 'skipped',
      error: options.signal.aborted ? stoppedReason : 'an action that it requires is not done',
      attempts: 0,
      took: 0,
    };
  await Promise.all(lockHolders);
  const { clock, tracer = noTracer } = options;
  const { start, trace, written } = await queue.add(async () => {
    const begun = { start: clock.now().getTime(), trace: tracer.action(action) };
    return { ...begun, written: await begun.trace.run(() => write(action, options)) };
  });
  const outcome =
    'outcome' in written
      ? written.outcome
      : await trace.run(() => jobOutcome(action, written.executed, options));
  trace.end(outcome);
  return { ...outcome, took: outcome.attempts === 0 ? 0 : clock.now().getTime() - start };
}

type UntimedOutcome = Omit<Outcome, 'took'>;

type Written = { readonly executed: Executed } | { readonly outcome: UntimedOutcome };

async function write(action: Action, { signal, run }: ApplyOptions): Promise<Written> {
  if (signal.aborted) return { outcome: { result: 'skipped', error: stoppedReason, attempts: 0 } };
  try {
    return { executed: await run(action) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const refused = isPermanent(error) ? { refused: true } : {};
    return { outcome: { result: 'failed', error: messageOf(error), attempts: 1, ...refused } };
  }
}

/** Whether the API would refuse the same request again as long as nothing changes (INTERFACE 6, promise 4). */
const isPermanent = ({ verdict, status }: ApiError): boolean =>
  verdict === 'rejected' && (status === 400 || status === 403 || status === 422);

const messageOf = ({ message, verdict }: ApiError): string =>
  verdict === 'uncertain' ? `${message} (it may have happened; the next pass checks)` : message;

async function jobOutcome(
  action: Action,
  { id, event, follow, note, fulfilled, isReached }: Executed,
  { wait, signal, follower, explainFailure, isGone }: ApplyOptions,
): Promise<UntimedOutcome> {
  const done = {
    result: 'done',
    attempts: 1,
    resourceId: id,
    ...(note === undefined ? {} : { note }),
    ...(fulfilled === undefined ? {} : { fulfilled }),
  } as const;
  if (event === undefined && !follow) return done;
  if (!wait) return { ...done, result: 'pending' };
  const jobResult = await follower.follow({
    kind: action.kind,
    id,
    ...(event === undefined ? {} : { event }),
    gone: action.verb === 'delete',
  });
  switch (jobResult.is) {
    case 'succeeded':
      if (!isReached || (await isReached())) return done;
      return {
        ...done,
        result: 'failed',
        error:
          'the API refused it while another job was running on the machine, and that job ended in another state',
      };
    case 'failed': {
      const why = combined(jobResult.error, await explainFailure(action.kind, id));
      const gone =
        action.verb === 'create' && (await isGone(action.kind, id)) ? { gone: true } : {};
      return {
        ...done,
        result: 'failed',
        error: `the API accepted it, and it failed: ${why}`,
        ...gone,
      };
    }
    case 'pending': {
      const why = signal.aborted ? undefined : await explainFailure(action.kind, id);
      return why === undefined
        ? { ...done, result: 'pending' }
        : {
            ...done,
            result: 'failed',
            error: `the API accepted it, but it does not become ready: ${why}`,
          };
    }
  }
}

/** The error, followed by its explanation unless it contains it already. */
const combined = (error: string, explanation: string | undefined): string =>
  explanation === undefined || error.includes(explanation) ? error : `${error}: ${explanation}`;
