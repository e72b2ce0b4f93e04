import type { ThrottleMemory } from '../../model/api.ts';
import type { Log } from '../../model/log.ts';
import type { ThrottleStore } from '../../model/store.ts';

/** Keeps what a client learns about the limits of the API in the store. Disposing of it awaits the last write. */
export interface ThrottleKeeper extends AsyncDisposable {
  /** Saves it in the background, one write at a time, unless it is known already. Never throws. */
  readonly save: (memory: ThrottleMemory) => void;
}

/**
 * Makes a keeper. `saved`: what the store has. A write that fails is only logged: what is lost is learnt again.
 */
export function createThrottleKeeper(
  store: Pick<ThrottleStore, 'saveThrottleMemory'>,
  saved: ThrottleMemory | undefined,
  log: Pick<Log, 'debug'>,
): ThrottleKeeper {
  let known = keyOf(saved);
  let wanted: ThrottleMemory | undefined;
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    for (let next = wanted; next; next = wanted) {
      wanted = undefined;
      known = keyOf(next);
      await store.saveThrottleMemory(next).catch((error: unknown) => {
        known = undefined;
        log.debug({ err: error }, 'the limits of the API were not saved');
      });
    }
    running = undefined;
  };
  return {
    save(memory) {
      if (keyOf(memory) === known) return;
      wanted = memory;
      running ??= run();
    },
    async [Symbol.asyncDispose]() {
      await running;
    },
  };
}

/** Equal for equal knowledge, whenever it was had. */
const keyOf = (memory: ThrottleMemory | undefined): string | undefined =>
  JSON.stringify([memory?.limit ?? null, memory?.pause ?? null]);
