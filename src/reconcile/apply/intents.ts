import type { WriteObserver } from '../../model/api.ts';
import type { Address } from '../../model/resource.ts';
import type { Store } from '../../model/store.ts';

/**
 * Observes a create to record its intent: stored before an attempt is handed to the socket, and cleared if the API
 * certainly did not receive or accept it. `path` names the member of a relation that is created; by default the
 * resource itself is.
 *
 * The intent holds the latest moment at which the API can have received the attempt: the attempt's deadline, or, once
 * the attempt has ended without a usable response, the time of that end.
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
    notAccepted: () => store.clearIntent(address, path),
    maybeAccepted: () => store.recordIntent(address, { at, until: now().toISOString() }, path),
  };
}

/**
 * Observes a deletion to count it: before an attempt is handed to the socket, and no longer if the API certainly did
 * not accept it.
 */
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
    notAccepted: () => store.cancelDeletion(address, at),
    maybeAccepted: () => Promise.resolve(),
  };
}
