import type { Action, Plan } from '../model/pass/plan.ts';
import type { Report } from '../model/pass/report.ts';
import type { Clock } from '../model/time/clock.ts';
import { liveText, verdictOf, type LastState, type Live } from '../console/terminal/liveText.ts';
import { leftIn, resourcesOf } from '../console/terminal/progress.ts';
import type { StatusLine } from '../console/terminal/statusLine.ts';

/** Shows on the status line what a daemon does. Disposing of it clears the line. */
export interface LivePass extends Disposable {
  /** A pass begins. */
  started(): void;
  /** The actions of the pass begin. `estimate` is called only if there is a status line. */
  planned(plan: Plan, estimate: () => Report['estimate']): void;
  /** An action has ended. */
  actionEnded(action: Action): void;
  /** The pass has ended, whatever became of it. */
  ended(): void;
}

/** The intervals at which the line is refreshed, during a pass and between passes, in milliseconds. */
const refreshMs = { pass: 1000, pause: 10_000 };

/** What a status line of a daemon shows between passes. */
export interface Between {
  /** The state after the last pass. */
  readonly last: () => LastState;
  /** When the next pass is due, RFC 3339; null if none is scheduled. */
  readonly next: () => string | null;
  /** Aborted when Holdfast stops: then there is no next pass. */
  readonly stop: AbortSignal;
}

/** Makes the status line of a daemon. */
export function createLivePass(
  status: StatusLine,
  clock: Clock,
  { last, next, stop }: Between,
): LivePass {
  if (!status.isShown) return hidden;
  let live: () => Live = () => idle();
  let waiting: ReturnType<typeof resourcesOf> = new Map();
  let pause = new AbortController();
  const idle = (): Live => {
    const due = next();
    const nextIn = due === null ? undefined : (Date.parse(due) - clock.now().getTime()) / 1000;
    return { doing: 'nothing', verdict: verdictOf(last()), nextIn };
  };
  const secondsSince = (start: number): number => (clock.steady() - start) / 1000;
  const show = (): void => {
    pause.abort(replaced);
    pause = new AbortController();
    const { signal } = pause;
    const state = live();
    status.set(stop.aborted && state.doing === 'nothing' ? '' : liveText(state));
    const milliseconds = state.doing === 'nothing' ? refreshMs.pause : refreshMs.pass;
    // It rejects when something else is shown before.
    void clock.sleep(milliseconds, signal).then(
      () => signal.aborted || show(),
      () => undefined,
    );
  };
  stop.addEventListener('abort', show);
  const showing = (state: () => Live): void => {
    live = state;
    show();
  };
  return {
    started() {
      const start = clock.steady();
      showing(() => ({ doing: 'listing', seconds: secondsSince(start) }));
    },
    planned(plan, estimate) {
      waiting = resourcesOf(plan);
      const total = waiting.size;
      if (total === 0) return;
      const start = clock.steady();
      const { seconds: estimated } = estimate();
      showing(() => ({
        doing: 'applying',
        total,
        ...leftIn(waiting),
        seconds: secondsSince(start),
        estimated,
      }));
    },
    actionEnded({ id }) {
      if (waiting.delete(id)) show();
    },
    ended: () => showing(idle),
    [Symbol.dispose]() {
      stop.removeEventListener('abort', show);
      pause.abort(replaced);
      status.set('');
    },
  };
}

/** One error for all refreshes: creating one, with its stack, costs more than a refresh. */
const replaced = new Error('something else is shown');

const hidden: LivePass = {
  started() {},
  planned() {},
  actionEnded() {},
  ended() {},
  [Symbol.dispose]() {},
};
