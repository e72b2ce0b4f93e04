import type { Log } from '../model/log.ts';
import { checkKey } from './requests/request.ts';

/** The key that requests bear. It may be replaced while the client lives. */
export interface Keys {
  current(): string;
  /** Every key that was in use: none of them may show in a message. */
  all(): readonly string[];
  /** Reads the key again. One that cannot be read or used is reported, and the present one stays. */
  reload(): Promise<void>;
  /** Whether there is another key than this one, after it was refused. Reads the key again if need be. */
  replaces(refused: string): Promise<boolean>;
}

export interface KeysOptions {
  readonly key: string;
  /** Reads the key again where it is kept. Default: it stays as it is. */
  readonly readKey?: (() => Promise<string>) | undefined;
  readonly log: Pick<Log, 'warn'>;
}

/** So many old keys are remembered. */
const mostKeys = 20;

/** Throws an `Error` in words for the user when the key cannot be used. */
export function createKeys({ key: first, readKey, log }: KeysOptions): Keys {
  let keys: readonly string[] = [checkKey(first)];
  const current = (): string => keys[0] ?? first;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    try {
      const key = checkKey((await readKey?.()) ?? current());
      keys = [key, ...keys.filter((one) => one !== key)].slice(0, mostKeys);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ reason }, 'the API key could not be read again');
    } finally {
      reading = undefined;
    }
  };
  // Requests that were refused together read the key once.
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
