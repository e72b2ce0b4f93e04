// Reports changes of a directory. In: a directory, which may come and go. Out: hints that something may have changed.
// `place.ts` resolves the directory and chooses the backend, chokidar reports events, and `debounce.ts` combines them.
// `schedule.ts` and `wake.ts` are the triggers by time.

import { relative, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { watch } from 'chokidar';
import type { Log } from '../model/log.ts';
import { createDebounce, type Debounce } from './debounce.ts';
import { backendFor, identityOf, type Backend, type DirectoryIdentity } from './place.ts';

/** The options of a watcher. */
export interface WatchOptions {
  /** May be missing, disappear, and return. May be a link, or lie below one. */
  readonly directory: string;
  /** Called when something in the directory may have changed. */
  readonly onHint: () => void;
  readonly log: Pick<Log, 'debug' | 'warn'>;
}

/** The milliseconds without a change before a hint, and the longest delay of a hint. */
const quietMs = 200;
const maxDelayMs = 1000;

/** The shortest time between two checks of a directory's place, in milliseconds. */
const checkIntervalMs = 1000;

/** The most checks of places in a second: a process may watch a thousand directories. */
const checksPerSecond = 100;

/** The directories that this process watches. */
let watched = 0;

/** The milliseconds between two checks of a place, and with `polling` between two reads of every file. */
const intervalMs = (): number => Math.max(checkIntervalMs, (watched * 1000) / checksPerSecond);

/**
 * Paths that hold no config: the data of Git and of Holdfast, and the directories through which a ConfigMap is replaced
 * (`..data`).
 */
const ignored = /(^|[\\/])(\.\.[^\\/]+|\.git|\.holdfast)([\\/]|$)/;

/**
 * Watches a directory. It gives hints from when it resolves until it is disposed of. Every change is followed by a
 * hint; a hint without a change is possible. The system reports changes inside a directory but not that another
 * directory replaced it, so the place is checked every second (less often if the process watches more than a hundred
 * directories), and a new directory is then watched instead.
 */
export async function watchFiles(options: WatchOptions): Promise<AsyncDisposable> {
  const directory = resolve(options.directory);
  const hints = createDebounce(options.onHint, quietMs, maxDelayMs);
  const closing = new AbortController();
  const open: Open = async (place, backend) =>
    place
      ? openWatcher(place, backend ?? (await backendFor(place)), hints, options.log)
      : notWatching;
  watched += 1;
  const first = await open(await identityOf(directory));
  const following = watchPlaces(directory, first, open, hints, closing.signal);
  return {
    async [Symbol.asyncDispose]() {
      watched -= 1;
      hints[Symbol.dispose]();
      closing.abort();
      await following;
    },
  };
}

/** Starts to watch a place, by default with the backend that suits it. */
type Open = (place: DirectoryIdentity | undefined, backend?: Backend) => Promise<Watching>;

/** Watches the directory at its present place until the signal is aborted. */
async function watchPlaces(
  directory: string,
  first: Watching,
  open: Open,
  hints: Debounce,
  signal: AbortSignal,
): Promise<void> {
  let watching = first;
  while (await sleep(intervalMs(), signal)) {
    const place = await identityOf(directory);
    const failed = watching.failed();
    if (place?.identity === watching.identity && !failed) continue;
    await watching.close();
    watching = await open(place, failed ? 'polling' : undefined);
    hints.note();
  }
  await watching.close();
}

/** Resolves to true after the time, or to false when aborted. */
const sleep = (milliseconds: number, signal: AbortSignal): Promise<boolean> =>
  setTimeout(milliseconds, true, { signal }).catch(() => false);

/** A watched directory, or none. */
interface Watching {
  readonly identity: string | undefined;
  /** Whether the system failed to watch with `auto`: it may have too few watches. */
  failed(): boolean;
  close(): Promise<void>;
}

const notWatching: Watching = {
  identity: undefined,
  failed: () => false,
  close: () => Promise.resolve(),
};

/** Starts to watch a place. Resolves once all existing files are watched. */
async function openWatcher(
  { path: root, identity }: DirectoryIdentity,
  backend: Backend,
  hints: Debounce,
  log: WatchOptions['log'],
): Promise<Watching> {
  const watcher = watch(root, {
    backend,
    pollingInterval: intervalMs(),
    ignoreInitial: true,
    ignorePermissionErrors: true,
    // A replaced file may cause two events; the debounce makes one hint of them.
    atomic: false,
    ignored: (path) => ignored.test(relative(root, path)),
  });
  let failed = false;
  watcher.on('all', (event, path) => {
    log.debug({ event, path }, 'file changed');
    hints.note();
  });
  watcher.on('error', (error) => {
    if (failed) return;
    failed = true;
    log.warn({ directory: root, backend, error: String(error) }, 'cannot watch every file');
  });
  await new Promise<void>((ready) => {
    watcher.once('ready', ready).once('error', () => ready());
  });
  log.debug({ directory: root, backend }, 'watching files');
  return { identity, failed: () => failed && backend === 'auto', close: () => watcher.close() };
}
