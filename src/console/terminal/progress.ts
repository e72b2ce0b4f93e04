import { stoppedReason, type Action, type Outcome, type Plan } from '../../model/pass/plan.ts';
import type { Report } from '../../model/pass/report.ts';
import { visible } from '../../model/text/visible.ts';
import type { Context } from '../../setup/context.ts';
import { progressText } from './progressText.ts';
import type { StatusLine } from './statusLine.ts';

/** Reports actions as they end. Disposing of it clears the status line. */
export interface Progress extends Disposable {
  /** Called once for each action when it has ended. */
  readonly onOutcome: (action: Action, outcome: Outcome) => void;
}

/** The interval at which the status line is refreshed, in milliseconds. */
const refreshMs = 1000;

/** The actions that are carried out, by id, with their resources. */
export const resourcesOf = ({ actions }: Plan): Map<Action['id'], string> =>
  new Map(
    actions
      .filter(({ blockedReason }) => blockedReason === undefined)
      .map(({ id, kind, name }) => [id, `${kind}/${name}`]),
  );

/** The number of actions that are left, and the resource of the first one. */
export const leftIn = (waiting: ReadonlyMap<Action['id'], string>) => ({
  left: waiting.size,
  next: waiting.values().next().value,
});

/**
 * On a terminal: the status line, with the elapsed time, and a permanent line for each failure. Elsewhere: one line for
 * each action. Blocked actions, and those left when a stop is requested, appear only in the report.
 */
export function progress(context: Context, plan: Plan, { seconds }: Report['estimate']): Progress {
  const waiting = resourcesOf(plan);
  return context.status.isShown && waiting.size > 0
    ? statusProgress(context, waiting, seconds)
    : lineProgress(context, waiting);
}

function lineProgress({ err }: Context, waiting: Map<string, string>): Progress {
  const total = waiting.size;
  return {
    onOutcome(action, outcome) {
      if (waiting.delete(action.id) && outcome.error !== stoppedReason)
        err(`${total - waiting.size}/${total} ${outcomeText(action, outcome)}\n`);
    },
    [Symbol.dispose]() {},
  };
}

function statusProgress(
  { err, paint, status }: Context,
  waiting: Map<string, string>,
  estimated: number,
): Progress {
  const remaining = showRemaining(status, waiting, estimated);
  return {
    onOutcome(action, outcome) {
      if (outcome.result === 'failed') err(`${paint('red', outcomeText(action, outcome))}\n`);
      remaining.ended(action.id);
    },
    [Symbol.dispose]: () => remaining[Symbol.dispose](),
  };
}

/** What remains of some work, in the status line. Disposing of it clears the line. */
export interface Remaining extends Disposable {
  /** Called once for each key when its part of the work has ended. */
  readonly ended: (key: string) => void;
}

/**
 * Shows in the status line, if there is one, how much of the work is done. `waiting`: the parts of the work by key, as
 * they are named; a part is removed when it ends. `estimated`: the duration in seconds.
 */
export function showRemaining(
  status: StatusLine,
  waiting: Map<string, string>,
  estimated: number,
): Remaining {
  if (!status.isShown) return { ended() {}, [Symbol.dispose]() {} };
  const start = performance.now();
  const total = waiting.size;
  const show = (): void => {
    const seconds = (performance.now() - start) / 1000;
    status.set(progressText({ total, ...leftIn(waiting), seconds, estimated }));
  };
  const timer = setInterval(show, refreshMs);
  return {
    ended(key) {
      waiting.delete(key);
      show();
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      status.set('');
    },
  };
}

const outcomeText = ({ id }: Action, { result, error }: Outcome): string =>
  visible(result === 'failed' ? `${result} ${id}: ${error ?? ''}` : `${result} ${id}`);
