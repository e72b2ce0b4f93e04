import type { Context } from '../setup/context.ts';

/** The exit codes for the signals that end the process. */
const codes: Partial<Readonly<Record<NodeJS.Signals, number>>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * A signal that is aborted by Ctrl-C or SIGTERM. A second one ends the process at once, and so does `graceMs` without
 * an end.
 */
export function stopSignal(
  { err, log, leave }: Pick<Context, 'err' | 'log' | 'leave'>,
  graceMs: number,
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) return void leave(codes[name] ?? 1);
    err('stopping: waiting for writes in flight, starting no new ones (repeat to exit at once)\n');
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

/** Ends the process at once on Ctrl-C or SIGTERM, as without it, but clears the status line first. */
export function leaveOnSignal({ leave }: Pick<Context, 'leave'>): Disposable {
  const stop = (name: NodeJS.Signals): void => void leave(codes[name] ?? 1);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return {
    [Symbol.dispose]() {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    },
  };
}

/** Ends the process after `graceMs` milliseconds if it is still running. */
export function leaveAfter({ log, leave }: Pick<Context, 'log' | 'leave'>, graceMs: number): void {
  setTimeout(() => {
    log.error({ graceMs }, 'not everything ended in time; the next start continues');
    void leave(1);
  }, graceMs).unref();
}
