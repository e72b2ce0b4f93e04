/** A signal of one's own, aborted by `abort` or together with the signal that it follows. */
export interface Followed extends Disposable {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

/**
 * Dispose of it when what it guards has ended: then the long-lived signal keeps nothing of it. (`AbortSignal.any` has no such
 * end, and a client's signal lives as long as the client.)
 */
export function follow(signal?: AbortSignal): Followed {
  const own = new AbortController();
  const abort = (): void => own.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return {
    signal: own.signal,
    abort: (reason) => own.abort(reason),
    [Symbol.dispose]: () => signal?.removeEventListener('abort', abort),
  };
}
