import type { Context } from '../setup/context.ts';

/** The exit codes of a process that such a signal ended. */
const codes: Partial<Readonly<Record<NodeJS.Signals, number>>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * A signal that is aborted by Ctrl-C or SIGTERM; a second one ends the process at once, and the process itself does so when it has not ended after
 * `graceMs`.
 */
export function stopSignal(
  { err, log, leave }: Pick<Context, 'err' | 'log' | 'leave'>,
  graceMs: number,
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) return void leave(codes[name] ?? 1);
    err('stopping: writes in flight are finished, none is started (once more to leave at once)\n');
    controller.abort();
    leaveAfter({ log, leave }, graceMs);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    },
  };
}

/** Ends the process after so many milliseconds if it has not ended by then. */
export function leaveAfter({ log, leave }: Pick<Context, 'log' | 'leave'>, graceMs: number): void {
  setTimeout(() => {
    log.error({ graceMs }, 'something did not end in time; leaving it to the next start');
    void leave(1);
  }, graceMs).unref();
}
