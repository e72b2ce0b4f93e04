/** The trace contexts of the requests for a pass that has not begun, as W3C `traceparent` texts. */
export interface Callers {
  /** Adds the context of a request; undefined if it has none. */
  add(traceparent: string | undefined): void;
  /** Returns the contexts since the last call, in their order. */
  take(): readonly string[];
}

/** The greatest number of contexts for one pass; later ones are left out. */
const maxCallers = 32;

export function createCallers(): Callers {
  let waiting: readonly string[] = [];
  return {
    add(traceparent) {
      if (traceparent !== undefined && waiting.length < maxCallers)
        waiting = [...waiting, traceparent];
    },
    take() {
      const taken = waiting;
      waiting = [];
      return taken;
    },
  };
}
