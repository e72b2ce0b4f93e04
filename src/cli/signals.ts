import type { Context } from './context.ts';

/** A signal that is aborted by Ctrl-C or SIGTERM; a second one ends the process at once. */
export function stopSignal({
  err,
}: Pick<Context, 'err'>): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    err('stopping: writes in flight are finished, none is started (once more to leave at once)\n');
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    },
  };
}
