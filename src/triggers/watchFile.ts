import { unwatchFile, watchFile as pollFile } from 'node:fs';
import { createDebounce } from './debounce.ts';

/** The options of a watcher of one file. */
export interface WatchFileOptions {
  /** May be missing, disappear, and return. May be a link, or lie below one. */
  readonly file: string;
  /** Called when the file may have changed. */
  readonly onHint: () => void;
}

/** The milliseconds between two looks at the file, without a change before a hint, and the longest delay of a hint. */
const intervalMs = 1000;
const quietMs = 200;
const maxDelayMs = 1000;

/**
 * Watches one file until it is disposed of, by its stat: unlike events of the system, that works for a file that is
 * mounted or reached through links that are replaced, and says nothing of its neighbours.
 */
export function watchFile({ file, onHint }: WatchFileOptions): Disposable {
  const hints = createDebounce(onHint, quietMs, maxDelayMs);
  const onChange = (): void => hints.note();
  // Node has one watcher of a file, which as many may listen to as there are workspaces.
  pollFile(file, { interval: intervalMs }, onChange).setMaxListeners(0);
  return {
    [Symbol.dispose]() {
      unwatchFile(file, onChange);
      hints[Symbol.dispose]();
    },
  };
}
