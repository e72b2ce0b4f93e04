import type { Log } from '../model/log.ts';
import { checkKey } from './requests/request.ts';

/** The API key of the requests. It may be replaced while the client lives. */
export interface Keys {
  /** Returns the key for the next attempt. */
  current(): string;
  /** Returns every key that was in use, newest first: no message may show any of them. */
  all(): readonly string[];
  /** Reads the key again. If it cannot be read or is invalid, logs that and keeps the present one; never rejects. */
  reload(): Promise<void>;
  /** Whether another key has replaced this rejected one. Reads the key again if necessary. */
  replaces(refused: string): Promise<boolean>;
}

export interface KeysOptions {
  readonly key: string;
  /** Reads the key from its source. Default: the key never changes. */
  readonly readKey?: (() => Promise<string>) | undefined;
  readonly log: Pick<Log, 'warn'>;
}

/** The number of keys that are remembered. */
const maxKeys = 20;

/** Creates the holder of the key. Throws an `Error` with a message for the user if the key is invalid. */
export function createKeys({ key: first, readKey, log }: KeysOptions): Keys {
  let keys: readonly string[] = [checkKey(first)];
  const current = (): string => keys[0] ?? first;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    try {
      const key = checkKey((await readKey?.()) ?? current());
      keys = [key, ...keys.filter((oldKey) => oldKey !== key)].slice(0, maxKeys);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ reason }, 'the API key could not be read again');
    } finally {
      reading = undefined;
    }
  };
  // Requests that are rejected at the same time share one read.
  const reload = (): Promise<void> => (reading ??= read());

  return {
    current,
    all: () => keys,
    reload,
    async replaces(refused) {
      if (current() === refused) await reload();
      return current() !== refused;
    },
  };
}
