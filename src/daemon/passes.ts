import type { Report, Trigger } from '../model/pass/report.ts';
import { StoreError } from '../model/store.ts';
import { TeamError } from '../model/team.ts';
import type { LoopPass } from '../reconcile/loop.ts';
import { createRounds } from '../reconcile/daemonPass.ts';
import { createAnnouncer } from '../report/newsFilter.ts';
import { keepReport } from '../report/reportFiles.ts';
import type { Wake } from '../triggers/wake.ts';
import type { OpenWorkspace } from '../setup/openWorkspace.ts';
import type { FollowedConfig } from './followConfig.ts';
import type { Context } from '../setup/context.ts';
import { printReport } from '../console/printReport.ts';
import type { Watchdog } from './watchdog.ts';

/** The last pass that has ended in this process. */
export interface LastPass {
  report: Report | undefined;
  /** Who is told of every pass that has ended. */
  readonly listeners: ReadonlySet<(report: Report) => void>;
  /** Why the last pass was given up, where it was. */
  error?: string | undefined;
}

/** When what could not be remembered is tried again, in milliseconds. */
const tryAgainMs = 10_000;

/**
 * The passes of the daemon: each is logged and kept, and printed where it has something new to say. What cannot be remembered ends its
 * pass and not the daemon: a disk that is full has room again some day, and until then every pass ends before it sends a write.
 */
export function daemonPass(
  context: Context,
  workspace: OpenWorkspace,
  config: FollowedConfig,
  last: LastPass,
  request: (trigger: Trigger) => void,
  wake: Pick<Wake, 'at'>,
  watchdog: Watchdog,
): LoopPass {
  const isNews = createAnnouncer();
  const round = createRounds({
    workspace,
    request,
    wakeAt: (when) => wake.at(when),
    async config() {
      await config.reload();
      return config.current();
    },
    async onEnded(report, settings) {
      await keepReport(report, settings.reports);
      const { pass, trigger, summary, api, complete, startedAt, finishedAt } = report;
      const milliseconds = Date.parse(finishedAt) - Date.parse(startedAt);
      context.log.info({ pass, trigger, complete, summary, api, milliseconds }, 'pass ended');
      if (!complete) context.log.error({ pass, incomplete: report.incomplete }, 'lists broke off');
      const before = last.report?.summary;
      const isOther = before && JSON.stringify(before) !== JSON.stringify(summary);
      if (isNews(report) || (isOther && isQuiet(report))) printReport(context, report);
      last.report = report;
      for (const listener of last.listeners) listener(report);
      last.error = undefined;
    },
  });
  return async (trigger, signals) => {
    try {
      await watchdog.watch(trigger, () => round(trigger, signals));
    } catch (error) {
      if (!(error instanceof StoreError || error instanceof TeamError)) throw error;
      last.error = error.message;
      context.log.error({ trigger, error: error.message }, 'the pass was given up; trying again');
      wake.at(new Date(workspace.clock.now().getTime() + tryAgainMs));
    }
  };
}

/** That everything is well again is news too. */
const isQuiet = ({ actions, complete }: Report): boolean => complete && actions.length === 0;
