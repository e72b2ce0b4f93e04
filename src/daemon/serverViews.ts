import { systemClock } from '../model/time/clock.ts';
import { addressOf } from '../model/resource.ts';
import { StoreError } from '../model/store.ts';
import { toDashboard } from '../report/dashboard.ts';
import { readReport } from '../report/reportFiles.ts';
import type { Commands } from '../server/commands.ts';
import type { Events } from '../server/events.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Shown, ShownResource, Status } from '../server/views.ts';
import type { OpenWorkspace } from '../setup/openWorkspace.ts';
import type { LastPass } from './passes.ts';
import type { FollowedConfig } from './followConfig.ts';
import type { Watchdog } from './watchdog.ts';

/** How the daemon stands with its store: it waits while another process writes with that, and then has a workspace. */
export interface Standing {
  workspace: OpenWorkspace | undefined;
  /** Who writes with the store, while this process waits. */
  heldBy: string | undefined;
}

/** What the server shows, and what it can ask for. */
export interface Served {
  readonly standing: Readonly<Standing>;
  readonly config: FollowedConfig;
  readonly last: LastPass;
  readonly watchdog: Pick<Watchdog, 'current' | 'seconds'>;
  readonly metrics: Metrics;
  readonly events: Events;
  /** When the next pass is due, RFC 3339. */
  readonly next: () => string | null;
  /** Asks for a pass. */
  readonly request: () => void;
}

/** The workspace; while there is none, what needs it cannot be answered. */
function openIn({ workspace, heldBy }: Readonly<Standing>): OpenWorkspace {
  if (workspace) return workspace;
  throw new StoreError(waiting(heldBy));
}

const waiting = (heldBy: string | undefined): string =>
  `waiting for the store: ${heldBy ?? 'another process'} writes with it`;

/** How many passes the dashboard lists. */
const passesShown = 20;

/** How much of a resource's history is shown. */
const longestHistory = 50;

export const shown = (served: Served): Shown => ({
  dashboard: () => dashboard(served),
  status: () => statusOf(served),
  passes: async (limit, before) => openIn(served.standing).store.passes(limit, before),
  report: (pass) => readReport(served.config.current().settings.reports.directory, pass),
  resource: (kind, name) => resource(served, kind, name),
  metrics: () => measured(served),
  events: served.events,
  whyNotReady: () => whyNotReady(served.standing, served.last),
});

/** What status and dashboard have in common. */
const overview = ({ standing, config, next }: Served) => ({
  workspace: standing.workspace?.name ?? 'default',
  mode: config.current().settings.mode,
  revision: config.current().state.revision,
  configError: config.error() ?? null,
  nextPass: next(),
});

async function dashboard(served: Served): Promise<string> {
  const { workspace, heldBy } = served.standing;
  return toDashboard({
    ...overview(served),
    waiting: workspace ? null : waiting(heldBy),
    report: served.last.report,
    passes: (await workspace?.store.passes(passesShown)) ?? [],
  });
}

function statusOf(served: Served): Status {
  const { report } = served.last;
  return {
    schema: 'holdfast/status/v1',
    ...overview(served),
    lastPass: report
      ? { pass: report.pass, finishedAt: report.finishedAt, summary: report.summary }
      : null,
    currentPass: served.watchdog.current() ?? null,
    writer: served.standing.workspace !== undefined,
  };
}

async function resource(
  { standing, last }: Served,
  kind: string,
  name: string,
): Promise<ShownResource | undefined> {
  const { store, clock } = openIn(standing);
  const found = known(last, kind, name);
  if (!found) return undefined;
  const address = addressOf(kind, name);
  const { suspended } = await store.memory(clock.now());
  return {
    schema: 'holdfast/resource/v1',
    ...found,
    suspended: suspended.get(address) ?? null,
    history: await store.deeds(address, longestHistory),
  };
}

const measured = ({ metrics, config, standing, watchdog }: Served): ReturnType<Shown['metrics']> =>
  metrics.text({
    configValid: config.error() === undefined,
    configAge: (systemClock.now().getTime() - config.since().getTime()) / 1000,
    rateLimit: standing.workspace?.rateLimit(),
    passSeconds: watchdog.seconds(),
  });

/** Ready is a daemon whose last pass has ended and whose store answers. */
async function whyNotReady(
  { workspace, heldBy }: Readonly<Standing>,
  { report, error }: LastPass,
): Promise<string | undefined> {
  if (!workspace) return waiting(heldBy);
  if (error !== undefined) return error;
  if (!report) return 'no pass has ended yet';
  return workspace.store.passes(1).then(
    () => undefined,
    () => 'the store does not answer',
  );
}

const known = ({ report }: LastPass, kind: string, name: string) =>
  report?.resources.find((one) => one.kind === kind && one.name === name);

export const commands = (served: Served): Commands => ({
  reconcile() {
    openIn(served.standing);
    served.request();
  },
  async approve(pass, digest) {
    const { store, clock } = openIn(served.standing);
    const report = await readReport(served.config.current().settings.reports.directory, pass);
    if (!report) return 'unknown pass';
    if (pass !== served.last.report?.pass) return 'older pass';
    if (report.digest !== digest) return 'other digest';
    await store.approve(digest, clock.now().toISOString());
    served.request();
    return 'approved';
  },
  async suspend(kind, name) {
    const { store, clock } = openIn(served.standing);
    if (!known(served.last, kind, name)) return false;
    await store.suspend(addressOf(kind, name), clock.now().toISOString());
    served.request();
    return true;
  },
  async resume(kind, name) {
    const { store } = openIn(served.standing);
    if (!known(served.last, kind, name)) return false;
    await store.resume(addressOf(kind, name));
    served.request();
    return true;
  },
});
