import { systemClock } from '../../model/time/clock.ts';
import type { Catalog } from '../../model/kind/kind.ts';
import type { DesiredState } from '../../model/resource.ts';
import type { Store } from '../../model/store.ts';
import type { Settings } from '../../model/settings.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { lockStore, openStore } from '../../store/open.ts';
import { UserError, workspaceOf, type Context } from '../context.ts';
import { requireConfig } from '../loadConfig.ts';
import { storeSettingsFor } from './openWorkspace.ts';

/** A store that this process may write, with the config beside it. */
export interface FreeStore extends AsyncDisposable {
  readonly store: Store;
  readonly settings: Settings;
  readonly catalog: Catalog;
  readonly state: DesiredState;
  /** The Git commit of the config; null for a directory. */
  readonly commit: string | null;
}

/** Opens the store of the settings for writing. Rejects with a `UserError` if a daemon holds it. */
export async function openFreeStore(
  context: Context,
  simulate: string | undefined,
): Promise<FreeStore> {
  const catalog = await loadCatalog();
  const { settings, state } = await requireConfig(context, catalog);
  const storeSettings = storeSettingsFor(settings.store, simulate);
  await using stack = new AsyncDisposableStack();
  const lock = await lockStore(storeSettings, systemClock.now(), context.log);
  if ('heldBy' in lock)
    throw new UserError(
      `nothing was done: ${lock.heldBy} writes to this store; ask it with --server URL (HOLDFAST_SERVER) and HOLDFAST_TOKEN`,
    );
  stack.use(lock);
  const store = stack.use(await openStore(storeSettings, lock, workspaceOf(context), 'visit'));
  const opened = stack.move();
  return {
    store,
    settings,
    catalog,
    state,
    commit: state.git?.commit ?? null,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
