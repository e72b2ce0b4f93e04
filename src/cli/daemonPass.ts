import type { Report, Trigger } from '../model/report.ts';
import type { LoopPass } from '../reconcile/loop.ts';
import { createRounds } from '../reconcile/rounds.ts';
import { createAnnouncer } from '../report/announce.ts';
import { keepReport } from '../report/files.ts';
import type { Wake } from '../triggers/wake.ts';
import type { OpenWorkspace } from './compose.ts';
import type { FollowedConfig } from './followConfig.ts';
import type { Context } from './context.ts';
import { printReport } from './print.ts';

/** The last pass that has ended in this process. */
export interface LastPass {
  report: Report | undefined;
  /** Who is told of every pass that has ended. */
  readonly listeners: ReadonlySet<(report: Report) => void>;
}

/** The passes of the daemon: each is logged and kept, and printed where it has something new to say. */
export function daemonPass(
  context: Context,
  workspace: OpenWorkspace,
  config: FollowedConfig,
  last: LastPass,
  request: (trigger: Trigger) => void,
  wake: Pick<Wake, 'at'>,
): LoopPass {
  const isNews = createAnnouncer();
  return createRounds({
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
      const before = last.report?.summary;
      const isOther = before && JSON.stringify(before) !== JSON.stringify(summary);
      if (isNews(report) || (isOther && isQuiet(report))) printReport(context, report);
      last.report = report;
      for (const listener of last.listeners) listener(report);
    },
  });
}

/** That everything is well again is news too. */
const isQuiet = ({ actions, complete }: Report): boolean => complete && actions.length === 0;
