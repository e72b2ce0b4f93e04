import type { Store } from '../model/store.ts';
import type { Stores } from '../store/open.ts';
import { stopOf, type Stop } from './shutdown.ts';

/**
 * Runs `work` with the store of a workspace, as soon as no other process writes to it. `held` is stopped when the lease
 * ends, and with `stop`. Resolves when the lease has ended or Holdfast is stopped, and after `work`.
 */
export async function underLease(
  stores: Stores,
  workspace: string,
  stop: Stop,
  work: (store: Store, held: Stop) => Promise<void>,
): Promise<void> {
  const opened = await stores.whenFree(workspace, stop.signal).catch((error: unknown) => {
    if (stop.signal.aborted) return undefined;
    throw error;
  });
  if (!opened) return;
  await using store = opened;
  const held = stopOf(stop);
  store.lease.ended.addEventListener('abort', held.end, { once: true });
  await work(store, held);
}
