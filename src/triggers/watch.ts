import { relative, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { watch } from 'chokidar';
import type { Log } from '../model/log.ts';
import { createDebounce, type Debounce } from './debounce.ts';
import { backendFor, placeOf, type Backend, type Place } from './place.ts';

export interface WatchOptions {
  /** It need not exist, and may go and come back; it may be a link, or have one above it. */
  readonly directory: string;
  /** Something may have changed in the directory: read it and see. */
  readonly onHint: () => void;
  readonly log: Pick<Log, 'debug' | 'warn'>;
}

/** Milliseconds without a change before a hint is given, and the longest that one is held back. */
const quiet = 200;
const longest = 1000;

/** Milliseconds between two looks: at the place always, at every file where the system does not tell. */
const lookInterval = 1000;

/** What nobody's wish depends on: the books of git and of Holdfast, and the stage on which a ConfigMap is swapped (`..data`). */
const ignored = /(^|[\\/])(\.\.[^\\/]+|\.git|\.holdfast)([\\/]|$)/;

/**
 * Gives hints from the moment that it resolves until it is disposed of. A hint may be for nothing, but there is one after
 * every change. The system tells of changes inside a directory, and not that another one has taken its place: that is looked
 * for, and then the new one is watched.
 */
export async function watchFiles(options: WatchOptions): Promise<AsyncDisposable> {
  const directory = resolve(options.directory);
  const hints = createDebounce(options.onHint, quiet, longest);
  const closing = new AbortController();
  const open: Open = async (place, backend) =>
    place ? openWatcher(place, backend ?? (await backendFor(place)), hints, options.log) : nothing;
  const first = await open(await placeOf(directory));
  const following = follow(directory, first, open, hints, closing.signal);
  return {
    async [Symbol.asyncDispose]() {
      hints[Symbol.dispose]();
      closing.abort();
      await following;
    },
  };
}

/** Watches a place in the way that suits it, or in another. */
type Open = (place: Place | undefined, backend?: Backend) => Promise<Watching>;

/** Looks where the directory is, until it is aborted; watches it there, and in the end not at all. */
async function follow(
  directory: string,
  first: Watching,
  open: Open,
  hints: Debounce,
  signal: AbortSignal,
): Promise<void> {
  let watching = first;
  while (await pause(lookInterval, signal)) {
    const place = await placeOf(directory);
    const failed = watching.failed();
    if (place?.identity === watching.identity && !failed) continue;
    await watching.close();
    watching = await open(place, failed ? 'polling' : undefined);
    hints.note();
  }
  await watching.close();
}

/** Whether the pause came to its end. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<boolean> =>
  setTimeout(milliseconds, true, { signal }).catch(() => false);

/** One directory that is being watched, or none. */
interface Watching {
  readonly identity: string | undefined;
  /** Whether the system, which was to tell of changes, said that it cannot: it may be short of watches. */
  failed(): boolean;
  close(): Promise<void>;
}

const nothing: Watching = {
  identity: undefined,
  failed: () => false,
  close: () => Promise.resolve(),
};

/** Resolves once everything that is there is watched. */
async function openWatcher(
  { path: root, identity }: Place,
  backend: Backend,
  hints: Debounce,
  log: WatchOptions['log'],
): Promise<Watching> {
  const watcher = watch(root, {
    backend,
    pollingInterval: lookInterval,
    ignoreInitial: true,
    ignorePermissionErrors: true,
    // Both events of a file that is replaced may come: the quiet time makes one hint of them.
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
