import { requireReportFormat } from '../../console/printReport.ts';
import { followConfig } from '../../daemon/config/followConfig.ts';
import { reachableUrl } from '../../server/workspaces/forward.ts';
import { createServer, type Server } from '../../daemon/http/serve.ts';
import type { ServedWorkspaces } from '../../daemon/http/servedWorkspaces.ts';
import { createPassPlaces } from '../../daemon/passPlaces.ts';
import { runWorkspaces } from '../../daemon/severalWorkspaces.ts';
import { listenForStop, type Stop } from '../../daemon/shutdown.ts';
import { underLease } from '../../daemon/underLease.ts';
import { createWorkspaceDaemon, runPasses } from '../../daemon/workspaceDaemon.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import type { Catalog } from '../../model/kind/kind.ts';
import type { Store } from '../../model/store.ts';
import type { Settings } from '../../model/settings.ts';
import { systemClock } from '../../model/time/clock.ts';
import { countOf } from '../../model/text/countOf.ts';
import { UserError, workspaceOf, type Context } from '../../setup/context.ts';
import { invalid, operatorFileOf } from '../../setup/loadConfig.ts';
import {
  openStoresWhenFree,
  openWorkspace,
  type ConnectOptions,
  type Waiting,
} from '../../setup/team/openWorkspace.ts';
import { findRoot, type Workspaces } from '../../setup/workspaces.ts';
import type { Stores } from '../../store/open.ts';

/** The parts of a daemon, whatever the number of its workspaces. */
interface Daemon {
  readonly context: Context;
  readonly catalog: Catalog;
  readonly stop: Stop;
  readonly connect: Pick<ConnectOptions, 'simulate' | 'acceptTeam'>;
}

/** `holdfast run`: runs passes on a schedule and whenever the config changes, until it is stopped. */
export async function run(
  context: Context,
  connect: { simulate: string | undefined; acceptTeam: boolean },
): Promise<number> {
  requireReportFormat(context);
  const daemon = {
    context,
    connect,
    stop: listenForStop(context),
    catalog: await loadCatalog(),
  };
  const root = await findRoot(context, daemon.catalog);
  await (root ? runSeveral(daemon, root) : runOne(daemon));
  if (daemon.stop.signal.aborted) context.log.info({}, 'stopped');
  return 0;
}

/** Runs the passes of a config without workspaces. */
async function runOne({ context, catalog, connect, stop }: Daemon): Promise<void> {
  await using config = await followConfig(context, catalog);
  const { settings } = config.current();
  const name = workspaceOf(context);
  const daemon = createWorkspaceDaemon(name, context, config);
  await using server = await createServer(context, settings.server);
  server.workspaces.set(name, daemon);
  await using stores = await storesWhenFree(context, settings, connect, {
    wait: stop.signal,
    async onHeld(heldBy) {
      daemon.standing.heldBy = heldBy;
      await serveMeanwhile(context, server);
    },
  });
  if (!stores) return;
  server.workspaces.open(stores);
  if (stores.replicas) {
    const url = await server.start();
    stores.replicas.serveAt(reachableUrl(url));
    server.workspaces.leave(name);
    context.log.info({ url }, 'serving; passes begin when no other replica has this workspace');
  }
  const runPassesOf = async (store: Store, held: Stop): Promise<void> => {
    await using workspace = await openWorkspace(context, catalog, settings, {
      ...connect,
      store,
      readOnly: false,
      onRequest: daemon.metrics.requestEnded,
    });
    daemon.standing.workspace = workspace;
    server.workspaces.set(name, daemon);
    await runPasses(context, workspace, {
      daemon,
      places: createPassPlaces(systemClock),
      stop: held,
      async onStarted() {
        const url = await server.start();
        const { mode } = config.current().settings;
        const { config: directory } = context.options;
        const file = operatorFileOf(context)?.path;
        const nextPass = daemon.next();
        context.log.info({ url, mode, config: directory, settings: file, nextPass }, 'started');
      },
    });
  };
  try {
    while (!stop.signal.aborted) {
      await underLease(stores, name, { stop, log: context.log }, runPassesOf);
      server.workspaces.leave(name);
    }
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

/** Runs the passes of all workspaces of a config. */
async function runSeveral(
  { context, catalog, connect, stop }: Daemon,
  root: Workspaces,
): Promise<void> {
  if (connect.acceptTeam)
    throw new UserError(
      '--accept-team is for one workspace: run holdfast apply --workspace NAME --accept-team once',
    );
  const { settings, places, problems } = root;
  if (places.length === 0) throw invalid(problems, context);
  using repository = root.repository;
  stop.signal.addEventListener('abort', () => repository?.[Symbol.dispose]());
  await using server = await createServer(context, settings.server);
  const served = server.workspaces;
  for (const { name } of places) served.expect(name);
  await using stores = await storesWhenFree(context, settings, connect, {
    wait: stop.signal,
    async onHeld(heldBy) {
      served.hold(heldBy);
      await serveMeanwhile(context, server);
    },
  });
  if (!stores) return;
  await parkOthers(
    served,
    stores,
    places.map(({ name }) => name),
  );
  served.open(stores);
  const url = await server.start();
  stores.replicas?.serveAt(reachableUrl(url));
  const workspaces = countOf(places.length, 'workspace');
  context.log.info({ url, workspaces, config: context.options.config }, 'started');
  try {
    await runWorkspaces(context, root, {
      catalog,
      stores,
      places: createPassPlaces(systemClock),
      served,
      stop,
      connect,
    });
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

/** Shows the workspaces that the store remembers and the config no longer has. */
async function parkOthers(
  served: ServedWorkspaces,
  stores: Stores,
  names: readonly string[],
): Promise<void> {
  for (const name of (await stores.lastPasses()).keys())
    if (!names.includes(name)) served.park(name);
}

/**
 * Serves health and status while another process on this machine holds the store. That process may also have the
 * address, which is only logged.
 */
async function serveMeanwhile({ log }: Context, server: Server): Promise<void> {
  try {
    const url = await server.start();
    log.info({ url }, 'serving health and status while waiting');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.warn({ error: error.message }, 'not serving while waiting');
  }
}

/** Opens the stores as soon as no other process writes to them; undefined if Holdfast is stopped while waiting. */
async function storesWhenFree(
  context: Context,
  settings: Settings,
  { simulate }: Daemon['connect'],
  waiting: Waiting & { readonly wait: AbortSignal },
): Promise<Stores | undefined> {
  try {
    return await openStoresWhenFree(context, settings, { simulate, ...waiting });
  } catch (error) {
    if (waiting.wait.aborted) return undefined;
    throw error;
  }
}
