import type { PassEffects } from '../model/pass/passEffects.ts';
import type { Report, Trigger } from '../model/pass/report.ts';
import type { Repair } from '../model/pass/trend.ts';
import { StoreError } from '../model/store.ts';
import { TeamError, TeamTakenError } from '../model/team.ts';
import type { LoopPass } from '../reconcile/loop.ts';
import { createDaemonPass } from '../reconcile/daemonPass.ts';
import { createNewsFilter } from '../report/newsFilter.ts';
import { createReportFiles } from '../report/reportFiles.ts';
import type { Alarm } from '../triggers/wake.ts';
import type { Prepared } from '../reconcile/workspace.ts';
import type { OpenWorkspace } from '../setup/team/openWorkspace.ts';
import type { Callers } from './callers.ts';
import type { FollowedConfig } from './config/followedConfig.ts';
import type { Context } from '../setup/context.ts';
import { isInSync, printReport } from '../console/printReport.ts';
import type { ForgeUpdates } from './forgeUpdates.ts';
import type { LivePass } from './livePass.ts';
import type { Notifications } from './notifications.ts';
import { logPass } from './passLog.ts';
import type { Watchdog } from './watchdog.ts';

/** The last pass of this process that has ended. */
export interface LastPass {
  /** Undefined before the first pass has ended. */
  report: Report | undefined;
  /** What it read. Its size is that of the team, which the cache of the workspace holds anyway. */
  read?: Pick<Prepared, 'state' | 'snapshot' | 'memory' | 'costs'>;
  /** Called with the report and the repairs of every pass that ends. */
  readonly listeners: ReadonlySet<(report: Report, repairs: readonly Repair[]) => void>;
  /** Why the last pass was given up; undefined if it was not. */
  error?: string | undefined;
}

/** The delay after which a pass that was given up is retried, in milliseconds. */
const retryMs = 10_000;

/** What the passes of a daemon use, and whom they inform. */
export interface PassParts {
  readonly context: Context;
  readonly workspace: OpenWorkspace;
  readonly config: FollowedConfig;
  readonly last: LastPass;
  readonly wake: Pick<Alarm, 'at'>;
  readonly callers: Pick<Callers, 'take'>;
  readonly watchdog: Watchdog;
  readonly notifications: Pick<Notifications, 'changesOf' | 'deliver'>;
  readonly forge: Pick<ForgeUpdates, 'commitTaken' | 'passEnded'>;
  readonly live: Pick<LivePass, 'started' | 'planned' | 'actionEnded' | 'ended'>;
  /** Requests one more pass. */
  readonly request: (trigger: Trigger) => void;
  readonly onEffects: (effects: PassEffects) => void;
}

/**
 * Makes the pass function of the daemon. Each pass is logged, its report is kept, and it is printed if it has news. A
 * store that cannot be written ends the pass but not the daemon: a full disk may get space again, and until then every
 * pass ends before it sends a write.
 */
export function daemonPass(parts: PassParts): LoopPass {
  const { context, workspace, config, last, wake, watchdog, notifications, forge, live } = parts;
  const hasNews = createNewsFilter();
  const reportFiles = createReportFiles();
  const runPass = createDaemonPass({
    workspace,
    request: parts.request,
    scheduleAt: (when) => wake.at(when),
    async config() {
      await config.reload();
      const current = config.current();
      if (current.state.git) forge.commitTaken(current.state.git.commit);
      return current;
    },
    alertsOf: notifications.changesOf,
    onPlanned: live.planned,
    onOutcome: live.actionEnded,
    async onEnded({ report, settings, repairs, effects, prepared }) {
      parts.onEffects(effects);
      notifications.deliver();
      if (report.git) forge.passEnded(report, report.git.commit);
      await reportFiles.keep(report, settings.reports);
      const configInForce = config.error() === undefined;
      logPass(context.log, report, configInForce);
      const before = last.report?.summary;
      const isChanged = before && JSON.stringify(before) !== JSON.stringify(report.summary);
      const isNews = hasNews(report) || (isChanged && isQuiet(report));
      // While another config is declared than the one in force, nobody must read that all is in sync.
      if (isNews && (configInForce || !isInSync(report))) printReport(context, report);
      last.report = report;
      const { state, snapshot, memory, costs } = prepared;
      last.read = { state, snapshot, memory, costs };
      for (const listener of last.listeners) listener(report, repairs);
      last.error = undefined;
    },
  });
  const guardedPass: LoopPass = async (trigger, signals) => {
    live.started();
    try {
      await watchdog.watch(trigger, () => runPass(trigger, signals));
    } catch (error) {
      if (!isExpected(error)) throw error;
      last.error = error.message;
      context.tracer.givenUp(error);
      context.log.error({ trigger, error: error.message }, 'the pass was given up; trying again');
      wake.at(new Date(workspace.clock.now().getTime() + retryMs));
    } finally {
      live.ended();
    }
  };
  return (trigger, signals) => {
    const pass = { workspace: workspace.name, trigger, callers: parts.callers.take() };
    return context.tracer.pass(pass, () => guardedPass(trigger, signals));
  };
}

const isExpected = (error: unknown): error is Error =>
  error instanceof StoreError || error instanceof TeamError || error instanceof TeamTakenError;

/** Whether a report is complete and has no actions. A return to this state is news too. */
const isQuiet = ({ actions, complete }: Report): boolean => complete && actions.length === 0;
