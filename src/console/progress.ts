import { stoppedReason, type Action, type Outcome, type Plan } from '../model/pass/plan.ts';
import type { Report } from '../model/pass/report.ts';
import { visible } from '../model/text/visible.ts';
import type { Context } from '../setup/context.ts';

/** Reports actions as they end. Disposing of it leaves the cursor of a terminal on an empty line. */
export interface Progress extends Disposable {
  /** Called once for each action when it has ended. */
  readonly onOutcome: (action: Action, outcome: Outcome) => void;
}

/** The interval at which the progress line on a terminal is refreshed, in milliseconds. */
const refreshMs = 500;

/**
 * On a terminal: one line that is overwritten, with the elapsed time, and a permanent line for each failure. Elsewhere:
 * one line for each action. Blocked actions, and those left when a stop is requested, appear only in the report.
 */
export function progress(
  context: Context,
  { actions }: Plan,
  { seconds }: Report['estimate'],
): Progress {
  const waiting = new Set(
    actions.filter(({ blockedReason }) => blockedReason === undefined).map(({ id }) => id),
  );
  const total = waiting.size;
  return process.stderr.isTTY && total > 0
    ? terminalProgress(context, waiting, total, seconds)
    : lineProgress(context, waiting, total);
}

function lineProgress({ err }: Context, waiting: Set<string>, total: number): Progress {
  return {
    onOutcome(action, outcome) {
      if (waiting.delete(action.id) && outcome.error !== stoppedReason)
        err(`${total - waiting.size}/${total} ${outcomeText(action, outcome)}\n`);
    },
    [Symbol.dispose]() {},
  };
}

function terminalProgress(
  { err, paint }: Context,
  waiting: Set<string>,
  total: number,
  estimated: number,
): Progress {
  const start = performance.now();
  const clear = '\r\u001b[K';
  const show = (): void => {
    const seconds = Math.round((performance.now() - start) / 1000);
    const [next = '', ...rest] = waiting;
    const remaining = rest.length > 0 ? `${next} and ${rest.length} more` : next;
    const line = `${total - waiting.size}/${total} done after ${seconds} of about ${Math.max(seconds, estimated)} s, waiting for ${visible(remaining)}`;
    err(waiting.size > 0 ? `${clear}${paint('dim', line)}` : clear);
  };
  const timer = setInterval(show, refreshMs);
  return {
    onOutcome(action, outcome) {
      waiting.delete(action.id);
      if (outcome.result === 'failed')
        err(`${clear}${paint('red', outcomeText(action, outcome))}\n`);
      show();
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      err(clear);
    },
  };
}

const outcomeText = ({ id }: Action, { result, error }: Outcome): string =>
  visible(result === 'failed' ? `${result} ${id}: ${error ?? ''}` : `${result} ${id}`);
