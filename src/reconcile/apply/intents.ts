import type { WriteObserver } from '../../model/api.ts';
import type { Address } from '../../model/resource.ts';
import type { Store } from '../../model/store.ts';

/**
 * Keeps the intent of a create from the moment an attempt is handed to the socket until the API certainly did not take it. `path` names
 * the member of a relation that is created; by default it is the resource itself.
 *
 * The intent is durable before the attempt leaves. It holds the latest moment at which the API can have received the attempt: the
 * attempt's deadline, and once the attempt has ended without a usable answer, that end.
 */
export function recordingIntent(
  store: Pick<Store, 'recordIntent' | 'clearIntent'>,
  now: () => Date,
  address: Address,
  path?: string,
): WriteObserver {
  let at = '';
  return {
    sending(deadline) {
      at = now().toISOString();
      return store.recordIntent(address, { at, until: deadline.toISOString() }, path);
    },
    notTaken: () => store.clearIntent(address, path),
    maybeTaken: () => store.recordIntent(address, { at, until: now().toISOString() }, path),
  };
}

/** Counts a deletion from the moment an attempt is handed to the socket, unless the API certainly did not take it. */
export function recordingDeletion(
  store: Pick<Store, 'recordDeletion' | 'cancelDeletion'>,
  now: () => Date,
  address: Address,
): WriteObserver {
  let at = '';
  return {
    sending() {
      at = now().toISOString();
      return store.recordDeletion(address, at);
    },
    notTaken: () => store.cancelDeletion(address, at),
    maybeTaken: () => Promise.resolve(),
  };
}
