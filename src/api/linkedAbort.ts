/** A signal that `abort` aborts, and that is aborted together with the signal to which it is linked. */
export interface LinkedAbort extends Disposable {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

/**
 * Returns a signal that is linked to `signal`. Dispose of it when the guarded work has ended, so that the long-lived
 * signal no longer refers to it. (`AbortSignal.any` cannot be undone, and a client's signal lives as long as the
 * client.)
 */
export function linkedAbort(signal?: AbortSignal): LinkedAbort {
  const linked = new AbortController();
  const abort = (): void => linked.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return {
    signal: linked.signal,
    abort: (reason) => linked.abort(reason),
    [Symbol.dispose]: () => signal?.removeEventListener('abort', abort),
  };
}
