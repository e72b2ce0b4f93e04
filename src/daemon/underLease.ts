import type { Log } from '../model/log.ts';
import { StoreError, type Store } from '../model/store.ts';
import { systemClock } from '../model/time/clock.ts';
import type { Stores } from '../store/open.ts';
import { stopOf, type Stop } from './shutdown.ts';

/** The pause after a shared store could not be reached, in milliseconds. */
const retryMs = 1000;

/**
 * Runs `work` with the store of a workspace, as soon as no other process writes to it. `held` is stopped when the lease
 * ends or is recalled, and with `stop`. Resolves then, and after `work`.
 */
export async function underLease(
  stores: Stores,
  workspace: string,
  { stop, log }: { readonly stop: Stop; readonly log: Pick<Log, 'info' | 'warn'> },
  work: (store: Store, held: Stop) => Promise<void>,
): Promise<void> {
  const opened = await openWhenFree(stores, workspace, stop.signal);
  if (!opened) return;
  await using store = opened;
  const { ended } = store.lease;
  if (store.lease.sinceTakeOver() !== undefined)
    log.warn({}, 'taken over from a process that had not handed the workspace over');
  const held = stopOf(stop);
  const end = (): void => {
    log.warn({}, 'the lease has ended, so this process writes nothing more; waiting for it again');
    held.end();
  };
  ended.addEventListener('abort', end, { once: true });
  store.lease.recalled.addEventListener('abort', held.end, { once: true });
  try {
    await work(store, held);
  } finally {
    ended.removeEventListener('abort', end);
  }
}

/** Opens the store, whether its database can be reached now or later; undefined: Holdfast is stopped. */
async function openWhenFree(
  stores: Stores,
  workspace: string,
  stop: AbortSignal,
): Promise<Store | undefined> {
  while (!stop.aborted) {
    try {
      return await stores.whenFree(workspace, stop);
    } catch (error) {
      if (stop.aborted) return undefined;
      if (!stores.replicas || !(error instanceof StoreError)) throw error;
      await systemClock.sleep(retryMs, stop).catch(() => undefined);
    }
  }
  return undefined;
}
