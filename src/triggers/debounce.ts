/** Combines many events into one call. Once disposed of, it makes no more calls. */
export interface Debounce extends Disposable {
  /** Reports an event. */
  note(): void;
}

/**
 * Makes a debounce: `call` runs once no event has come for `quiet` milliseconds, and at the latest `longest`
 * milliseconds after the first event. Every event is followed by a call.
 */
export function createDebounce(call: () => void, quiet: number, longest: number): Debounce {
  let timer: NodeJS.Timeout | undefined;
  let firstEventAt: number | undefined;
  let disposed = false;
  const fire = (): void => {
    firstEventAt = undefined;
    call();
  };
  return {
    note() {
      if (disposed) return;
      const now = Date.now();
      firstEventAt ??= now;
      clearTimeout(timer);
      timer = setTimeout(fire, Math.max(0, Math.min(quiet, firstEventAt + longest - now)));
    },
    [Symbol.dispose]() {
      disposed = true;
      clearTimeout(timer);
    },
  };
}
