import type { Client } from '../src/api/client.ts';
import { loadCatalog } from '../src/kinds/lib/catalog.ts';
import { systemClock } from '../src/model/time/clock.ts';
import type { Store } from '../src/model/store.ts';
import type { Workspace } from '../src/reconcile/workspace.ts';
import { createPassCache } from '../src/reconcile/passCache.ts';

/** Makes a workspace with this client and store, for a config without secrets. */
export const workspaceOn = async (api: Client, store: Store): Promise<Workspace> => ({
  name: 'bench',
  catalog: await loadCatalog(),
  api,
  store,
  cache: createPassCache(),
  clock: systemClock,
  usage: () => api.usage(),
  throttle: () => api.throttle(),
  random: Math.random,
  secretReader: () => () => Promise.reject(new Error('there is none')),
});
