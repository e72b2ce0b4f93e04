/** A signal that `abort` aborts, and that is aborted together with any of the signals to which it is linked. */
export interface LinkedAbort extends Disposable {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

/**
 * Returns a signal that is linked to `signals`. Dispose of it when the guarded work has ended, so that the long-lived
 * signals no longer refer to it. (`AbortSignal.any` cannot be undone, and a client's signal lives as long as the
 * client.)
 */
export function linkedAbort(...signals: readonly (AbortSignal | undefined)[]): LinkedAbort {
  const linked = new AbortController();
  const sources = signals.filter((signal) => signal !== undefined);
  const abort = (): void => linked.abort(sources.find(({ aborted }) => aborted)?.reason);
  if (sources.some(({ aborted }) => aborted)) abort();
  for (const signal of sources) signal.addEventListener('abort', abort, { once: true });
  return {
    signal: linked.signal,
    abort: (reason) => linked.abort(reason),
    [Symbol.dispose]() {
      for (const signal of sources) signal.removeEventListener('abort', abort);
    },
  };
}
