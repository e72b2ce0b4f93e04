/** One call for many signs. Disposed of, it calls no more. */
export interface Debounce extends Disposable {
  /** Something happened. */
  note(): void;
}

/**
 * Calls once it has been quiet for `quiet` milliseconds, and at the latest `longest` milliseconds after the first sign. After
 * every sign there is a call.
 */
export function createDebounce(call: () => void, quiet: number, longest: number): Debounce {
  let timer: NodeJS.Timeout | undefined;
  let since: number | undefined;
  let disposed = false;
  const fire = (): void => {
    since = undefined;
    call();
  };
  return {
    note() {
      if (disposed) return;
      const now = Date.now();
      since ??= now;
      clearTimeout(timer);
      timer = setTimeout(fire, Math.max(0, Math.min(quiet, since + longest - now)));
    },
    [Symbol.dispose]() {
      disposed = true;
      clearTimeout(timer);
    },
  };
}
