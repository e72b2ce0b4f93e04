import type { Hono } from 'hono';
import { countNeedingAttention } from '../../model/pass/attention.ts';
import { mergedText } from '../../server/metrics.ts';
import type { ListedWorkspace, RootParts } from '../../server/rootApp.ts';
import { waitingText, type Served } from './served.ts';
import { metricsIn, whyNotReady } from './views.ts';

/** The workspaces of a daemon over time, as its server shows them. */
export interface ServedWorkspaces extends RootParts {
  /** A workspace runs. */
  set(name: string, served: Served): void;
  /** A workspace cannot run, for this reason. */
  fail(name: string, error: string): void;
  /** A workspace has left the config. */
  park(name: string): void;
  /** The process that has the right to write, while this process waits. */
  hold(heldBy: string): void;
  /** Ends all streams of events. */
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
  const running = () =>
    [...known.values()].flatMap(({ served, isParked }) => (isParked ? [] : (served ?? [])));
  return {
    set: (name, served) => void known.set(name, { served }),
    fail: (name, error) => void known.set(name, { served: known.get(name)?.served, error }),
    park: (name) => void known.set(name, { served: known.get(name)?.served, isParked: true }),
    hold: (holder) => void (heldBy = holder),
    names: () => [...known].flatMap(([name, { isParked }]) => (isParked ? [] : [name])),
    async appOf(name) {
      const { served, isParked } = known.get(name) ?? {};
      if (!served || isParked) return undefined;
      const made = apps.get(served) ?? makeApp(served);
      apps.set(served, made);
      return await made;
    },
    list: () => [...known].map(listedOf).toSorted(byNeed),
    metrics: async () => mergedText(await Promise.all(running().map(metricsIn))),
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
      await Promise.all([...known.values()].map(({ served }) => served?.events.close()));
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
    error: isParked ? null : (error ?? served?.last.error ?? served?.config.error() ?? null),
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
