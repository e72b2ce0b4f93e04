import { toldToStop, type Action, type Outcome, type Plan } from '../model/pass/plan.ts';
import type { Report } from '../model/pass/report.ts';
import { visible } from '../model/text/visible.ts';
import type { Context } from '../setup/context.ts';

/** Tells of actions as they end. Disposing of it leaves the terminal on a line of its own. */
export interface Progress extends Disposable {
  readonly onOutcome: (action: Action, outcome: Outcome) => void;
}

/** How often the line on a terminal is written anew. */
const everyMs = 500;

/**
 * On a terminal one line that is written over, with the time that has passed, and a lasting line for each failure; elsewhere a line
 * for each action. What is held is not told here, nor what is left when it is stopped; the report says that.
 */
export function progress(
  context: Context,
  { actions }: Plan,
  { seconds }: Report['estimate'],
): Progress {
  const waiting = new Set(actions.filter(({ held }) => held === undefined).map(({ id }) => id));
  const total = waiting.size;
  return process.stderr.isTTY && total > 0
    ? onTerminal(context, waiting, total, seconds)
    : inLines(context, waiting, total);
}

function inLines({ err }: Context, waiting: Set<string>, total: number): Progress {
  return {
    onOutcome(action, outcome) {
      if (waiting.delete(action.id) && outcome.error !== toldToStop)
        err(`${total - waiting.size}/${total} ${told(action, outcome)}\n`);
    },
    [Symbol.dispose]() {},
  };
}

function onTerminal(
  { err, paint }: Context,
  waiting: Set<string>,
  total: number,
  estimated: number,
): Progress {
  const start = performance.now();
  const clear = '\r\u001b[K';
  const show = (): void => {
    const seconds = Math.round((performance.now() - start) / 1000);
    const [next = '', ...more] = waiting;
    const left = more.length > 0 ? `${next} and ${more.length} more` : next;
    const line = `${total - waiting.size}/${total} done after ${seconds} of about ${Math.max(seconds, estimated)} s, waiting for ${visible(left)}`;
    err(waiting.size > 0 ? `${clear}${paint('dim', line)}` : clear);
  };
  const timer = setInterval(show, everyMs);
  return {
    onOutcome(action, outcome) {
      waiting.delete(action.id);
      if (outcome.result === 'failed') err(`${clear}${paint('red', told(action, outcome))}\n`);
      show();
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      err(clear);
    },
  };
}

const told = ({ id }: Action, { result, error }: Outcome): string =>
  visible(result === 'failed' ? `${result} ${id}: ${error ?? ''}` : `${result} ${id}`);
