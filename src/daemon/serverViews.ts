import { systemClock } from '../model/time/clock.ts';
import { addressOf } from '../model/resource.ts';
import { StoreError } from '../model/store.ts';
import { toDashboard } from '../report/dashboard.ts';
import type { SinkStatus } from '../notify/outbox.ts';
import { readReport } from '../report/reportFiles.ts';
import type { Commands } from '../server/commands.ts';
import type { Events } from '../server/events.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Shown, ShownResource, Status } from '../server/views.ts';
import type { OpenWorkspace } from '../setup/openWorkspace.ts';
import type { LastPass } from './passes.ts';
import type { FollowedConfig } from './followedConfig.ts';
import type { Watchdog } from './watchdog.ts';

/**
 * The daemon's access to its store: it waits while another process has the right to write, and then has a workspace.
 */
export interface Standing {
  workspace: OpenWorkspace | undefined;
  /** The process that has the right to write, while this process waits. */
  heldBy: string | undefined;
}

/** The parts of the daemon that the server reads, and the function to request a pass. */
export interface Served {
  readonly standing: Readonly<Standing>;
  readonly config: FollowedConfig;
  readonly last: LastPass;
  readonly watchdog: Pick<Watchdog, 'current' | 'seconds'>;
  readonly metrics: Metrics;
  readonly events: Events;
  /** When the next pass is due, RFC 3339. */
  readonly next: () => string | null;
  /** Requests a pass. */
  readonly request: () => void;
  /** Looks the repository up, and requests a pass if its config has changed. */
  readonly fetch: () => void;
  /** The state of the sinks. */
  readonly notifications: () => readonly SinkStatus[];
}

/** The workspace. Throws a `StoreError` while there is none. */
function openIn({ workspace, heldBy }: Readonly<Standing>): OpenWorkspace {
  if (workspace) return workspace;
  throw new StoreError(waitingText(heldBy));
}

const waitingText = (heldBy: string | undefined): string =>
  `waiting for the store: ${heldBy ?? 'another process'} has the right to write to it`;

/** The number of passes on the dashboard. */
const passesShown = 20;

/** The number of past actions of a resource. */
const maxHistory = 50;

/** Makes the data that the server serves from the parts of the daemon. */
export const createViews = (served: Served): Shown => ({
  dashboard: () => dashboard(served),
  status: () => statusOf(served),
  passes: async (limit, before) => openIn(served.standing).store.passes(limit, before),
  report: (pass) => readReport(served.config.current().settings.reports.directory, pass),
  resource: (kind, name) => readResource(served, kind, name),
  metrics: () => metricsText(served),
  events: served.events,
  whyNotReady: () => whyNotReady(served.standing, served.last),
});

/** The fields that the status and the dashboard share. */
const overview = ({ standing, config, next }: Served) => ({
  workspace: standing.workspace?.name ?? 'default',
  mode: config.current().settings.mode,
  revision: config.current().state.revision,
  git: config.current().state.git ?? null,
  configError: config.error() ?? null,
  nextPass: next(),
});

async function dashboard(served: Served): Promise<string> {
  const { workspace, heldBy } = served.standing;
  return toDashboard({
    ...overview(served),
    waiting: workspace ? null : waitingText(heldBy),
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
    notifications: served.notifications(),
    writer: served.standing.workspace !== undefined,
  };
}

async function readResource(
  { standing, last }: Served,
  kind: string,
  name: string,
): Promise<ShownResource | undefined> {
  const { store, clock } = openIn(standing);
  const found = findResource(last, kind, name);
  if (!found) return undefined;
  const address = addressOf(kind, name);
  const { suspended } = await store.memory(clock.now());
  return {
    schema: 'holdfast/resource/v1',
    ...found,
    suspended: suspended.get(address) ?? null,
    history: await store.actionHistory(address, maxHistory),
  };
}

const metricsText = ({
  metrics,
  config,
  standing,
  watchdog,
}: Served): ReturnType<Shown['metrics']> =>
  metrics.text({
    configValid: config.error() === undefined,
    lastFetch: config.git?.lastFetch()?.getTime(),
    configAge: (systemClock.now().getTime() - config.since().getTime()) / 1000,
    rateLimit: standing.workspace?.rateLimit(),
    passSeconds: watchdog.seconds(),
  });

/** A daemon is ready if its last pass ended without a store or team error, and its store can be read. */
async function whyNotReady(
  { workspace, heldBy }: Readonly<Standing>,
  { report, error }: LastPass,
): Promise<string | undefined> {
  if (!workspace) return waitingText(heldBy);
  if (error !== undefined) return error;
  if (!report) return 'no pass has ended yet';
  return workspace.store.passes(1).then(
    () => undefined,
    () => 'the store cannot be read',
  );
}

const findResource = ({ report }: LastPass, kind: string, name: string) =>
  report?.resources.find((resource) => resource.kind === kind && resource.name === name);

/** Makes the commands that requests may run on the daemon. */
export const createCommands = (served: Served): Commands => ({
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
    if (!findResource(served.last, kind, name)) return false;
    await store.suspend(addressOf(kind, name), clock.now().toISOString());
    served.request();
    return true;
  },
  async resume(kind, name) {
    const { store } = openIn(served.standing);
    if (!findResource(served.last, kind, name)) return false;
    await store.resume(addressOf(kind, name));
    served.request();
    return true;
  },
});
