import type { Report, Trigger } from '../model/report.ts';
import type { LoopPass } from '../reconcile/loop.ts';
import type { Settings } from '../model/settings.ts';
import { nextLook } from '../reconcile/due.ts';
import { carryOut, prepare, reportOn } from '../reconcile/pass.ts';
import { rememberReadings } from '../reconcile/remember.ts';
import { windowState } from '../reconcile/windows.ts';
import type { Policy, Prepared } from '../reconcile/workspace.ts';
import { keepReport } from '../report/files.ts';
import type { Wake } from '../triggers/wake.ts';
import type { OpenWorkspace } from './compose.ts';
import type { FollowedConfig } from './followConfig.ts';
import type { Context } from './context.ts';
import { isInSync, printReport } from './print.ts';

/** The last pass that has ended in this process. */
export interface LastPass {
  report: Report | undefined;
  /** Who is told of every pass that has ended. */
  readonly listeners: ReadonlySet<(report: Report) => void>;
}

/**
 * One pass of the daemon. After one that wrote something, one more is asked for, since only what the API lists afterwards proves that it
 * worked; that one asks for no other.
 */
export function daemonPass(
  context: Context,
  workspace: OpenWorkspace,
  config: FollowedConfig,
  last: LastPass,
  request: (trigger: Trigger) => void,
  wake: Pick<Wake, 'at'>,
): LoopPass {
  let proving = false;
  return async (trigger, signals) => {
    await config.reload();
    const { state, settings } = config.current();
    const policy = { ...settings, force: false };
    const prepared = await prepare(workspace, state, policy, trigger);
    if (signals.stop.aborted) return;
    const report =
      settings.mode === 'enforce'
        ? await carryOut(workspace, policy, prepared, { wait: true, ...signals })
        : await observed(workspace, policy, prepared);
    await workspace.store.ended(report, settings.reports.keep);
    await keepReport(report, settings.reports);
    tell(context, report, last.report);
    last.report = report;
    for (const listener of last.listeners) listener(report);
    const wrote = report.actions.some(({ attempts }) => attempts > 0);
    const prove = wrote && !proving && !signals.stop.aborted;
    proving = prove;
    if (prove) request(trigger);
    else if (settings.mode === 'enforce') wake.at(await nextLookOf(workspace, settings));
  };
}

async function nextLookOf(
  { store, clock }: OpenWorkspace,
  settings: Settings,
): Promise<Date | undefined> {
  const now = clock.now();
  return nextLook(await store.memory(now), windowState(settings, now), settings.visibility, now);
}

/** The report of a pass that only looks. */
async function observed(
  workspace: OpenWorkspace,
  policy: Policy,
  prepared: Prepared,
): Promise<Report> {
  await rememberReadings(workspace, prepared);
  return reportOn(workspace, policy, prepared);
}

/** Logs every pass; prints the report when it did something, or found something else than the one before. */
function tell(context: Context, report: Report, before: Report | undefined): void {
  const { pass, trigger, summary, api, complete, startedAt, finishedAt } = report;
  const milliseconds = Date.parse(finishedAt) - Date.parse(startedAt);
  context.log.info({ pass, trigger, complete, summary, api, milliseconds }, 'pass ended');
  const same = before && JSON.stringify(before.summary) === JSON.stringify(summary);
  if (!same || !isInSync(report)) printReport(context, report);
}
