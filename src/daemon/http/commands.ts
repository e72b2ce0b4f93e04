import { addressOf } from '../../model/resource.ts';
import { everything, isInForce, type SuspensionTarget } from '../../model/pass/suspension.ts';
import { readReport } from '../../report/reportFiles.ts';
import type { Commands, CommandTarget } from '../../server/commands.ts';
import type { OpenWorkspace } from '../../setup/team/openWorkspace.ts';
import {
  approvePlan,
  recordRequest,
  resumeTarget,
  suspendTarget,
  wakeResource,
  type By,
} from './control.ts';
import type { LastPass } from '../passes.ts';
import { findResource, openIn, type Served } from './served.ts';

/** Makes the commands that requests may run on the daemon. */
export const createCommands = (served: Served): Commands => {
  const byOf = (actor: string, { clock }: OpenWorkspace): By => ({
    actor,
    now: clock.now(),
    commit: served.config.current().state.git?.commit ?? null,
  });
  return {
    async reconcile(actor, traceparent) {
      const workspace = openIn(served.standing);
      const by = byOf(actor, workspace);
      await recordRequest(workspace.store, by);
      served.request(traceparent);
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
    async wake({ kind, name }, { until }, actor) {
      const workspace = openIn(served.standing);
      const { state } = served.config.current();
      const wake = { address: addressOf(kind, name), until };
      const result = await wakeResource({ ...workspace, state }, wake, byOf(actor, workspace));
      if (result === 'done') served.request();
      return result;
    },
  };
};

/** Whether the target is everything, or in the last report. */
const isTarget = (last: LastPass, target: CommandTarget): boolean =>
  target === everything || findResource(last, target.kind, target.name) !== undefined;

const addressIn = (target: CommandTarget): SuspensionTarget =>
  target === everything ? everything : addressOf(target.kind, target.name);
