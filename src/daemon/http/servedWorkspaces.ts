import type { Hono } from 'hono';
import { countNeedingAttention } from '../../model/pass/attention.ts';
import { mergedText } from '../../server/metrics.ts';
import type { ListedWorkspace, RootParts } from '../../server/workspaces/rootApp.ts';
import { systemClock } from '../../model/time/clock.ts';
import type { PassSummary } from '../../model/pass/report.ts';
import type { Replicas, Stores } from '../../store/open.ts';
import { waitingText, type Served } from './served.ts';
import { whyNotReady } from './storeState.ts';
import { metricsIn } from './views.ts';

/** The workspaces of a daemon over time, as its server shows them. */
export interface ServedWorkspaces extends RootParts {
  /** A workspace runs. */
  set(name: string, served: Served): void;
  /** A workspace is in the config, and does not run yet. */
  expect(name: string): void;
  /** A workspace cannot run here, for this reason. */
  fail(name: string, error: string): void;
  /** A workspace has left the config. */
  park(name: string): void;
  /** A workspace does not run here any more: another process may have it. */
  leave(name: string): void;
  /** The process that has the right to write, while this process waits. */
  hold(heldBy: string): void;
  /** The stores, once they are open. */
  open(stores: Stores): void;
  /** Ends all streams of events. */
  close(): Promise<void>;
}

/** A workspace that runs, ran, or cannot run. */
interface Known {
  readonly served?: Served | undefined;
  /** Why it could not run, and when that was, RFC 3339. */
  readonly failure?: { readonly error: string; readonly at: string };
  readonly isParked?: boolean;
  /** Whether it does not run here: another process may have it. */
  readonly isAway?: boolean;
}

/** Makes the list, without workspaces. `makeApp` makes the app of a workspace, once. */
export function createServedWorkspaces(
  makeApp: (served: Served) => Promise<Hono>,
): ServedWorkspaces {
  const known = new Map<string, Known>();
  const apps = new WeakMap<Served, Promise<Hono>>();
  let heldBy: string | undefined;
  let stores: Stores | undefined;
  const running = () =>
    [...known.values()].flatMap(({ served, isAway, isParked }) =>
      served && !isAway && !isParked ? [served] : [],
    );
  const list = async (): Promise<readonly ListedWorkspace[]> => {
    const passes = stores?.replicas
      ? await stores.lastPasses().catch(() => new Map<string, PassSummary>())
      : new Map<string, PassSummary>();
    return [...known].map((one) => listedOf(one, passes)).toSorted(byNeed);
  };
  return {
    set: (name, served) => void known.set(name, { served }),
    expect: (name) => void known.set(name, {}),
    fail: (name, error) =>
      void known.set(name, {
        served: known.get(name)?.served,
        failure: { error, at: systemClock.now().toISOString() },
        isAway: stores?.replicas !== undefined,
      }),
    park: (name) => void known.set(name, { served: known.get(name)?.served, isParked: true }),
    leave: (name) => void known.set(name, { served: known.get(name)?.served, isAway: true }),
    hold: (holder) => void (heldBy = holder),
    open: (opened) => void (stores = opened),
    names: () => [...known].flatMap(([name, { isParked }]) => (isParked ? [] : [name])),
    async appOf(name) {
      const { served, isParked } = known.get(name) ?? {};
      if (!served || isParked) return undefined;
      const made = apps.get(served) ?? makeApp(served);
      apps.set(served, made);
      return await made;
    },
    async elsewhere(name) {
      const { served, isAway } = known.get(name) ?? { isAway: false };
      if (!stores?.replicas || !known.has(name) || (served && !isAway)) return undefined;
      // While the store cannot be read, this process shows what it last knew.
      const holder = await stores.replicas.holderOf(name).catch(() => undefined);
      return holder && !holder.isOwn ? holder : undefined;
    },
    list,
    metrics: async () => mergedText(await Promise.all(running().map(metricsIn))),
    async whyNotReady() {
      if (stores?.replicas) return await whyNotReadyIn(stores.replicas);
      const all = running();
      const [first] = all;
      if (!first) return heldBy === undefined ? 'no workspace runs yet' : waitingText(heldBy);
      // Of several, one that fails says nothing about the daemon.
      const shown = all.length === 1 ? first : (all.find(({ last }) => last.report) ?? first);
      return await whyNotReady(shown.standing, {
        ...shown.last,
        error: known.size === 1 ? shown.last.error : undefined,
      });
    },
    async close() {
      await Promise.all(
        [...known.values()].flatMap(({ served }) => (served ? [served.events.close()] : [])),
      );
    },
  };
}

/** A process that shares its store with others is ready when any of them has ended a pass. */
async function whyNotReadyIn(replicas: Replicas): Promise<string | undefined> {
  try {
    return (await replicas.havePassed()) ? undefined : 'no pass has ended yet';
  } catch {
    return 'the store cannot be read';
  }
}

function listedOf(
  [name, one]: readonly [string, Known],
  passes: ReadonlyMap<string, PassSummary>,
): ListedWorkspace {
  const { served, isParked = false, isAway = served === undefined } = one;
  const last = (isAway ? passes.get(name) : undefined) ?? served?.last.report;
  return {
    name,
    lastPass: last ? { pass: last.pass, finishedAt: last.finishedAt } : null,
    summary: last?.summary ?? null,
    parked: isParked,
    error: isParked ? null : (errorOf(one, isAway, last) ?? null),
  };
}

/** Why a workspace does not run, or not with its present config. `last`: its last pass, in any process. */
function errorOf(
  { served, failure }: Known,
  isAway: boolean,
  last: Pick<PassSummary, 'finishedAt'> | undefined,
): string | undefined {
  // After a failure here, another process may have run it.
  if (failure && !(isAway && last && last.finishedAt > failure.at)) return failure.error;
  if (isAway) return last ? undefined : 'it has not started yet';
  return served?.last.error ?? served?.config.error();
}

/** Those that cannot run first, then those with most that needs attention, and the parked ones last. */
function byNeed(a: ListedWorkspace, b: ListedWorkspace): number {
  const [first, second] = [needOf(a), needOf(b)];
  if (first !== second) return first > second ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

function needOf({ parked, error, summary }: ListedWorkspace): number {
  if (parked) return -1;
  if (error !== null) return Infinity;
  return summary ? countNeedingAttention(summary) + (summary.failed > 0 ? 1e9 : 0) : 0;
}
