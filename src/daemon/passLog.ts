import { daemonActor, writesOf } from '../model/audit.ts';
import type { Log } from '../model/log.ts';
import type { Report } from '../model/pass/report.ts';
import { doneBy, failedResources } from '../report/reportSummary.ts';

/** The greatest number of failed resources that are logged. */
const maxLogged = 100;

/** Logs the end of a pass, each of its writes, and its incomplete lists. */
export function logPass(
  log: Pick<Log, 'info' | 'error'>,
  report: Report,
  configInForce: boolean,
): void {
  const { pass, trigger, summary, api, complete, startedAt, finishedAt } = report;
  const milliseconds = Date.parse(finishedAt) - Date.parse(startedAt);
  const outcome = {
    done: doneBy(report.actions),
    failed: failedResources(report).slice(0, maxLogged),
    configInForce,
    suspended: report.suspended !== undefined,
  };
  log.info({ pass, trigger, complete, summary, ...outcome, api, milliseconds }, 'pass ended');
  for (const write of writesOf(report, daemonActor)) log.info(write, 'a write was sent');
  if (!complete) log.error({ pass, incomplete: report.incomplete }, 'lists are incomplete');
}
