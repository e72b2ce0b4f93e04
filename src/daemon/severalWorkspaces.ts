import type { Catalog } from '../model/kind/kind.ts';
import { systemClock } from '../model/time/clock.ts';
import { errorText } from '../console/errorText.ts';
import type { Write } from '../console/output.ts';
import { noStatusLine } from '../console/terminal/statusLine.ts';
import { UserError, type Context } from '../setup/context.ts';
import { StoreError, type Store } from '../model/store.ts';
import { openWorkspace, type ConnectOptions } from '../setup/team/openWorkspace.ts';
import { contextOf, findRoot, type Workspaces } from '../setup/workspaces.ts';
import type { WorkspacePlace } from '../desired/files/findWorkspaces.ts';
import type { Stores } from '../store/open.ts';
import { followConfig } from './config/followConfig.ts';
import { startSearches } from './config/searches.ts';
import type { Served } from './http/served.ts';
import type { ServedWorkspaces } from './http/servedWorkspaces.ts';
import type { PassPlaces } from './passPlaces.ts';
import { stopOf, type Stop } from './shutdown.ts';
import { underLease } from './underLease.ts';
import { createWorkspaceDaemon, runPasses } from './workspaceDaemon.ts';

/** What the workspaces of a daemon share. */
export interface Shared {
  readonly catalog: Catalog;
  readonly stores: Stores;
  readonly places: PassPlaces;
  readonly served: ServedWorkspaces;
  readonly stop: Stop;
  readonly connect: Pick<ConnectOptions, 'simulate' | 'acceptTeam'>;
}

/** A workspace that runs. */
interface Running {
  readonly directory: string;
  readonly end: () => void;
  readonly ended: Promise<void>;
}

/** The delay after which a workspace that could not be started is started again, in milliseconds. */
const retryMs = 10_000;

/**
 * Runs the workspaces of a config until Holdfast is stopped. One that comes is started, and one that goes is parked.
 * What fails in one does not touch the others.
 */
export async function runWorkspaces(
  context: Context,
  root: Workspaces,
  shared: Shared,
): Promise<void> {
  const { catalog, served, stop } = shared;
  const all = { ...context, repository: root.repository };
  using changes = startSearches(root.repository);
  const running = new Map<string, Running>();
  const update = ({ places }: Workspaces): void => {
    const found = new Map(places.map((place) => [place.name, place]));
    for (const [name, { directory, end }] of running)
      if (found.get(name)?.directory !== directory) end();
    for (const [name, place] of found) {
      if (running.has(name)) continue;
      const own = stopOf(stop);
      const run = async (): Promise<void> => {
        await keepRunning(all, place, { ...shared, stop: own });
        running.delete(name);
        if (!stop.signal.aborted) served.park(name);
      };
      running.set(name, { directory: place.directory, end: own.end, ended: run() });
    }
  };
  let lastProblem = '';
  const note = (problem: string): void => {
    if (problem !== '' && problem !== lastProblem)
      context.log.error({ error: problem }, 'the workspaces of the config are not all in force');
    lastProblem = problem;
  };
  note(problemOf(root));
  update(root);
  while (!stop.signal.aborted) {
    await changes.next(stop.signal);
    if (stop.signal.aborted) break;
    const found = await search(all, catalog);
    note(typeof found === 'string' ? found : problemOf(found));
    if (typeof found !== 'string' && found.places.length > 0) update(found);
  }
  await Promise.all([...running.values()].map(({ ended }) => ended));
}

/** What is wrong with the directories of the workspaces; empty: nothing. */
const problemOf = ({ problems }: Workspaces): string =>
  problems.map(({ file, message }) => `${file}: ${message}`).join('\n');

/** Searches the config for workspaces. Resolves to what is wrong if its root is not valid. Never rejects. */
async function search(context: Context, catalog: Catalog): Promise<Workspaces | string> {
  try {
    const root = await findRoot(context, catalog);
    if (root && root.repository !== context.repository)
      return 'git of settings was added or removed; start Holdfast again';
    return root ?? 'settings.workspaces was removed; start Holdfast again';
  } catch (error) {
    return errorText(error);
  }
}

/** Runs a workspace until it is stopped. Starts it again if it fails. Never rejects. */
async function keepRunning(context: Context, place: WorkspacePlace, shared: Shared): Promise<void> {
  const { served, stop, stores } = shared;
  const { name } = place;
  const own = ownContext(context, place);
  let lastError: string | undefined;
  while (!stop.signal.aborted) {
    try {
      await underLease(stores, name, { stop, log: own.log }, (store, held) =>
        runWorkspace(own, name, store, { ...shared, stop: held }),
      );
      served.leave(name);
    } catch (error) {
      if (stop.signal.aborted) return;
      const message = errorText(error);
      const isKnown = error instanceof UserError || error instanceof StoreError;
      if (message !== lastError)
        own.log.error(
          isKnown ? { error: message } : { err: error },
          'the workspace could not run; trying again',
        );
      lastError = message;
      served.fail(name, message);
      await systemClock.sleep(retryMs, stop.signal).catch(() => undefined);
    }
  }
}

/** The context of a workspace, whose log lines and reports name it. It has no status line. */
function ownContext(context: Context, place: WorkspacePlace): Context {
  const { log, out, paint, ...rest } = contextOf(context, place, context.repository);
  const named: Write = (text, made) => out(`${paint('bold', place.name)}\n${text}`, made);
  return {
    ...rest,
    paint,
    log: log.child({ workspace: place.name }),
    out: rest.options.format === 'text' ? named : out,
    status: noStatusLine,
  };
}

async function runWorkspace(
  context: Context,
  name: string,
  store: Store,
  shared: Shared,
): Promise<void> {
  const { catalog, served, connect, places, stop } = shared;
  await using config = await followConfig(context, catalog);
  const daemon = createWorkspaceDaemon(name, context, config);
  await using workspace = await openWorkspace(context, catalog, config.current().settings, {
    ...connect,
    store,
    readOnly: false,
    onRequest: daemon.metrics.requestEnded,
  });
  daemon.standing.workspace = workspace;
  served.set(name, daemon satisfies Served);
  try {
    await runPasses(context, workspace, {
      daemon,
      places,
      stop,
      onStarted: () => Promise.resolve(),
    });
  } finally {
    await daemon.events.close();
  }
}
