import type { Trigger } from '../model/pass/report.ts';

/** One pass. `hurry` is aborted when a request arrives meanwhile: stop waiting. */
export type LoopPass = (
  trigger: Trigger,
  signals: { readonly stop: AbortSignal; readonly stopWaiting: AbortSignal },
) => Promise<void>;

/** A running loop. Disposing it stops and awaits the running pass. */
export interface Loop extends AsyncDisposable {
  /** Requests a pass. Requests that arrive while a pass runs become one. */
  request(trigger: Trigger): void;
  /** Resolves when the loop has ended; rejects when a pass rejects, which is a bug. */
  readonly finished: Promise<void>;
}

/**
 * Runs `pass` on request: never two at once, and always once more after the last request. The trigger is for the report
 * only; of several, the first is named.
 */
export function startLoop(pass: LoopPass): Loop {
  const stopping = new AbortController();
  let wake = Promise.withResolvers<Trigger | undefined>();
  let hurry = new AbortController();

  const run = async (): Promise<void> => {
    for (;;) {
      const trigger = await wake.promise;
      if (stopping.signal.aborted || trigger === undefined) return;
      wake = Promise.withResolvers();
      hurry = new AbortController();
      await pass(trigger, { stop: stopping.signal, stopWaiting: hurry.signal });
    }
  };
  const finished = run();

  return {
    finished,
    request(trigger) {
      if (trigger !== 'schedule') hurry.abort();
      wake.resolve(trigger);
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      wake.resolve(undefined);
      await finished;
    },
  };
}
