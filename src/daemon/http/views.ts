import type { DashboardData } from '../../dashboard/data.ts';
import { flagsFor } from '../../dashboard/elements/command.ts';
import { knowledgeOf } from '../../explain/explanation.ts';
import { systemClock } from '../../model/time/clock.ts';
import type { Memory } from '../../model/memory.ts';
import { oldestOpen } from '../../model/pass/attention.ts';
import { addressOf } from '../../model/resource.ts';
import { everything, type Suspension } from '../../model/pass/suspension.ts';
import { selectResources } from '../../model/pass/resourceQuery.ts';
import { hourOf, keptHours, type TrendHour } from '../../model/pass/trend.ts';
import { StoreError } from '../../model/store.ts';
import { calendarOf } from '../../reconcile/report/calendar.ts';
import { wakesInEffect } from '../../reconcile/plan/power/wakeable.ts';
import { graphOf } from '../../reconcile/report/referenceGraph.ts';
import { readReport } from '../../report/reportFiles.ts';
import type { MetricValues } from '../../server/metrics.ts';
import type { Measured } from '../../server/metrics/state.ts';
import type { Shown, ShownResource, Status } from '../../server/views.ts';
import type { OpenWorkspace } from '../../setup/team/openWorkspace.ts';
import type { LastPass } from '../passes.ts';
import { costReport } from '../../cost/costReport.ts';
import { defaultCostDays, type CostReport } from '../../model/money/costReport.ts';
import { findWaste } from '../../waste/findWaste.ts';
import { defaultOffDays, type WasteReport } from '../../model/money/waste.ts';
import { findResource, openIn, waitingText, type Served } from './served.ts';
import { lastKnownMemory, readableMemory, whyNotReady, whyUnreadable } from './storeState.ts';

const dayMs = 86_400_000;

/** How far the calendar reaches, in milliseconds. */
const calendarMs = 7 * dayMs;

/** The number of past actions of a resource. */
const maxHistory = 50;

/** Makes the data that the server serves from the parts of the daemon. */
export const createViews = (served: Served): Shown => ({
  status: () => statusOf(served),
  passes: async (limit, before) => openIn(served.standing).store.passes(limit, before),
  trends: async () => readTrends(openIn(served.standing)),
  report: (pass) => readReport(served.config.current().settings.reports.directory, pass),
  resources: (query) => selectResources(served.last.report?.resources ?? [], query),
  resource: (kind, name) => readResource(served, kind, name),
  graph: () =>
    graphOf(openIn(served.standing).catalog.kinds, served.config.current().state.resources),
  calendar: () => readCalendar(served),
  waste: () => wasteIn(served),
  cost: (by) => costIn(served, by),
  metrics: async () => served.metrics.text(await measured(served)),
  events: served.events,
  whyNotReady: () => whyNotReady(served.standing, served.last),
});

/** Makes the data of the dashboard: that of the HTTP API, and what only pages show. */
export const createDashboardData = (served: Served): DashboardData => ({
  ...createViews(served),
  lastReport: () => served.last.report,
  suspensions: async () => (await lastKnownMemory(served)).suspended,
  wakes: async () => wakesIn(served, await lastKnownMemory(served)),
  async passes(limit, before) {
    const { report } = served.last;
    try {
      return await openIn(served.standing).store.passes(limit, before);
    } catch (error) {
      if (!(error instanceof StoreError) || !report || before !== undefined) throw error;
      return [report];
    }
  },
  async waiting() {
    const { workspace, heldBy } = served.standing;
    if (!workspace) return waitingText(heldBy);
    const unreadable = served.last.report && (await whyUnreadable(workspace));
    return unreadable ?? served.last.error;
  },
  flags: () =>
    flagsFor(
      served.config.current().settings.server.publicUrl,
      served.oneOfSeveral ? served.name : undefined,
    ),
  now: () => systemClock.now(),
});

const readTrends = ({ store, clock }: OpenWorkspace): Promise<readonly TrendHour[]> =>
  store.trends(hourOf(clock.now().toISOString(), keptHours - 1));

async function statusOf(served: Served): Promise<Status> {
  const { config } = served;
  const { report } = served.last;
  const { state, settings } = config.current();
  return {
    schema: 'holdfast/status/v1',
    workspace: served.name,
    mode: settings.mode,
    revision: state.revision,
    git: state.git ?? null,
    configError: config.error() ?? null,
    nextPass: served.next(),
    lastPass: report
      ? { pass: report.pass, finishedAt: report.finishedAt, summary: report.summary }
      : null,
    currentPass: served.watchdog.current() ?? null,
    notifications: served.notifications(),
    suspended: (await suspensionOfAll(served)) ?? null,
    writer: served.standing.workspace !== undefined,
  };
}

async function readResource(
  served: Served,
  kindName: string,
  name: string,
): Promise<ShownResource | undefined> {
  const { standing, last } = served;
  const { store, clock, catalog } = openIn(standing);
  const found = findResource(last, kindName, name);
  const kind = catalog.kinds.get(kindName);
  if (!found || !kind || !last.read || !last.report) return undefined;
  const address = addressOf(kindName, name);
  const { suspended } = await store.memory(clock.now());
  const wake = (await wakesOf(served)).get(address);
  const live = found.id === null ? undefined : last.read.snapshot.get(kindName)?.byId.get(found.id);
  const known = await knowledgeOf(
    { store, catalog },
    { kind, name, prepared: last.read, report: last.report, live },
  );
  return {
    schema: 'holdfast/resource/v1',
    ...known,
    id: found.id,
    source: found.source,
    ...(found.cost ? { cost: found.cost } : {}),
    suspended: suspended.get(address)?.at ?? null,
    suspension: suspended.get(address) ?? null,
    wake: wake ? { until: wake.until, by: wake.by } : null,
    history: known.history
      .slice(0, maxHistory)
      .map((done) => ({ ...done, address, changes: JSON.stringify(done.changes) })),
  };
}

function costIn({ standing, last }: Served, by: string): Promise<CostReport> {
  const { catalog, clock, store } = openIn(standing);
  const now = clock.now();
  const since = new Date(now.getTime() - defaultCostDays * dayMs);
  return costReport(store, last.read, { kinds: catalog.kinds, by, since, now });
}

function wasteIn({ standing, config, last }: Served): WasteReport {
  const { catalog, clock } = openIn(standing);
  const { snapshot = new Map(), memory } = last.read ?? {};
  const { state, settings } = config.current();
  return findWaste({
    kinds: catalog.kinds,
    snapshot,
    resources: state.resources,
    memory: memory ?? { bindings: new Map(), prices: new Map() },
    prices: settings.prices,
    now: clock.now(),
    offAfter: defaultOffDays * dayMs,
  });
}

/** The wakes that override a timetable of the config in force. */
async function wakesOf(served: Served): Promise<Memory['wakes']> {
  const { store, clock } = openIn(served.standing);
  return wakesIn(served, await store.memory(clock.now()));
}

function wakesIn({ standing, config }: Served, { wakes }: Memory): Memory['wakes'] {
  const { clock, catalog } = openIn(standing);
  const { resources } = config.current().state;
  if (wakes.size === 0) return wakes;
  const desired = new Map(resources.map((resource) => [resource.address, resource]));
  return wakesInEffect(catalog, desired, wakes, clock.now());
}

async function readCalendar(served: Served): ReturnType<Shown['calendar']> {
  const { standing, config } = served;
  const { store, clock, catalog } = openIn(standing);
  const { state, settings } = config.current();
  const from = clock.now();
  const until = new Date(from.getTime() + calendarMs);
  const { suspended } = await store.memory(from);
  return calendarOf({
    catalog,
    resources: state.resources,
    suspended,
    wakes: await wakesOf(served),
    settings,
    from,
    until,
  });
}

/** The suspension of every resource. While the store cannot be read, that of the last pass. */
const suspensionOfAll = async (served: Served): Promise<Suspension | undefined> =>
  suspensionIn(await readableMemory(served), served.last);

const suspensionIn = (memory: Memory | undefined, { report }: LastPass): Suspension | undefined =>
  memory ? memory.suspended.get(everything) : report?.suspended;

async function measured(served: Served): Promise<Measured> {
  const { config, standing, watchdog, last, notifications } = served;
  const memory = await readableMemory(served);
  const targets = [...(memory?.suspended.keys() ?? [])];
  return {
    suspended: suspensionIn(memory, last) !== undefined,
    suspendedResources: targets.filter((target) => target !== everything).length,
    oldestOpen: oldestOpen(memory?.conditions.values() ?? []),
    notifications: notifications(),
    configValid: config.error() === undefined,
    lastFetch: config.git?.lastFetch()?.getTime(),
    configAge: (systemClock.now().getTime() - config.since().getTime()) / 1000,
    rateLimit: standing.workspace?.rateLimit(),
    passSeconds: watchdog.seconds(),
  };
}

/** The values of the metrics of a workspace. */
export const metricsIn = async (served: Served): Promise<MetricValues> =>
  served.metrics.values(await measured(served));
