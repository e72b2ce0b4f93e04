import { systemClock } from '../model/time/clock.ts';
import { addressOf } from '../model/resource.ts';
import {
  everything,
  isInForce,
  type Suspension,
  type SuspensionTarget,
} from '../model/pass/suspension.ts';
import { StoreError } from '../model/store.ts';
import { toDashboard } from '../report/dashboard.ts';
import type { SinkStatus } from '../notify/outbox.ts';
import { readReport } from '../report/reportFiles.ts';
import type { Commands, CommandTarget } from '../server/commands.ts';
import type { Events } from '../server/events.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Shown, ShownResource, Status } from '../server/views.ts';
import type { OpenWorkspace } from '../setup/openWorkspace.ts';
import { approvePlan, recordRequest, resumeTarget, suspendTarget, type By } from './control.ts';
import type { LastPass } from './passes.ts';
import type { FollowedConfig } from './config/followedConfig.ts';
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

async function statusOf(served: Served): Promise<Status> {
  const { report } = served.last;
  return {
    schema: 'holdfast/status/v1',
    ...overview(served),
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
    suspended: suspended.get(address)?.at ?? null,
    suspension: suspended.get(address) ?? null,
    history: await store.actionHistory(address, maxHistory),
  };
}

/** The suspension of every resource. While the store cannot be read, that of the last pass. */
async function suspensionOfAll({ standing, last }: Served): Promise<Suspension | undefined> {
  try {
    const memory = await standing.workspace?.store.memory(standing.workspace.clock.now());
    return memory?.suspended.get(everything);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return last.report?.suspended;
  }
}

async function metricsText(served: Served): ReturnType<Shown['metrics']> {
  const { metrics, config, standing, watchdog } = served;
  return metrics.text({
    suspended: (await suspensionOfAll(served)) !== undefined,
    configValid: config.error() === undefined,
    lastFetch: config.git?.lastFetch()?.getTime(),
    configAge: (systemClock.now().getTime() - config.since().getTime()) / 1000,
    rateLimit: standing.workspace?.rateLimit(),
    passSeconds: watchdog.seconds(),
  });
}

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
export const createCommands = (served: Served): Commands => {
  const byOf = (actor: string, { clock }: OpenWorkspace): By => ({
    actor,
    now: clock.now(),
    commit: served.config.current().state.git?.commit ?? null,
  });
  return {
    async reconcile(actor) {
      const workspace = openIn(served.standing);
      const by = byOf(actor, workspace);
      await recordRequest(workspace.store, by);
      served.request();
      return by.now.toISOString();
    },
    async approve(pass, digest, actor) {
      const workspace = openIn(served.standing);
      const report = await readReport(served.config.current().settings.reports.directory, pass);
      if (!report) return 'unknown pass';
      const approval = { report, last: served.last.report?.pass, digest };
      const result = await approvePlan(workspace.store, approval, byOf(actor, workspace));
      if (result === 'approved') served.request();
      return result;
    },
    async suspend(target, suspension, actor) {
      const workspace = openIn(served.standing);
      const by = byOf(actor, workspace);
      if (!isInForce(suspension, by.now)) return 'past end';
      if (!isTarget(served.last, target)) return 'unknown resource';
      await suspendTarget(workspace.store, addressIn(target), suspension, by);
      served.request();
      return 'done';
    },
    async resume(target, actor) {
      const workspace = openIn(served.standing);
      if (!isTarget(served.last, target)) return 'unknown resource';
      await resumeTarget(workspace.store, addressIn(target), byOf(actor, workspace));
      served.request();
      return 'done';
    },
  };
};

/** Whether the target is everything, or in the last report. */
const isTarget = (last: LastPass, target: CommandTarget): boolean =>
  target === everything || findResource(last, target.kind, target.name) !== undefined;

const addressIn = (target: CommandTarget): SuspensionTarget =>
  target === everything ? everything : addressOf(target.kind, target.name);
