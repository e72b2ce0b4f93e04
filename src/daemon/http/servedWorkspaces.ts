import type { Hono } from 'hono';
import type { Log } from '../../model/log.ts';
import { countNeedingAttention } from '../../model/pass/attention.ts';
import type { MetricValues } from '../../server/metrics.ts';
import type { ListedWorkspace } from '../../server/rootApp.ts';
import { waitingText, type Served } from './served.ts';
import { metricsIn, whyNotReady } from './views.ts';

/** The workspaces of a daemon over time, as its server shows them. */
export interface ServedWorkspaces {
  /** A workspace runs. */
  set(name: string, served: Served): void;
  /** A workspace cannot run, for this reason. */
  fail(name: string, error: string): void;
  /** A workspace has left the config. */
  park(name: string): void;
  /** The process that has the right to write, while this process waits. */
  hold(heldBy: string): void;
  /** What is wrong with the root of the config; empty: nothing. Logged when it changes. */
  setRootError(error: string, log: Pick<Log, 'error'>): void;
  names(): readonly string[];
  appOf(name: string): Promise<Hono | undefined>;
  list(): readonly ListedWorkspace[];
  metrics(): Promise<readonly MetricValues[]>;
  /** Why the daemon is not ready: undefined once a pass has ended, while the store answers. */
  whyNotReady(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** A workspace that runs, ran, or cannot run. */
interface Known {
  readonly served?: Served | undefined;
  readonly error?: string | undefined;
  readonly isParked?: boolean;
}

/** Makes the list, without workspaces. `makeApp` makes the app of a workspace, once. */
export function createServedWorkspaces(
  makeApp: (served: Served) => Promise<Hono>,
): ServedWorkspaces {
  const known = new Map<string, Known>();
  const apps = new WeakMap<Served, Promise<Hono>>();
  let heldBy: string | undefined;
  let rootError = '';
  const running = () => [...known.values()].flatMap(({ served }) => served ?? []);
  return {
    set: (name, served) => void known.set(name, { served }),
    fail: (name, error) => void known.set(name, { served: known.get(name)?.served, error }),
    park: (name) => void known.set(name, { served: known.get(name)?.served, isParked: true }),
    hold: (holder) => void (heldBy = holder),
    setRootError(error, log) {
      if (error !== '' && error !== rootError)
        log.error({ error }, 'the workspaces of the config are not all in force');
      rootError = error;
    },
    names: () => [...known].flatMap(([name, { isParked }]) => (isParked ? [] : [name])),
    async appOf(name) {
      const { served, isParked } = known.get(name) ?? {};
      if (!served || isParked) return undefined;
      const made = apps.get(served) ?? makeApp(served);
      apps.set(served, made);
      return await made;
    },
    list: () => [...known].map(listedOf).toSorted(byNeed),
    metrics: () => Promise.all(running().map(metricsIn)),
    async whyNotReady() {
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
      await Promise.all(running().map(({ events }) => events.close()));
    },
  };
}

function listedOf([name, { served, error, isParked = false }]: readonly [
  string,
  Known,
]): ListedWorkspace {
  const report = served?.last.report;
  return {
    name,
    lastPass: report ? { pass: report.pass, finishedAt: report.finishedAt } : null,
    summary: report?.summary ?? null,
    parked: isParked,
    error: error ?? served?.last.error ?? served?.config.error() ?? null,
  };
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
