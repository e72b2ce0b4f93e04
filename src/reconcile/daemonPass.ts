import type { Report, Trigger } from '../model/pass/report.ts';
import type { DesiredState } from '../model/resource.ts';
import type { Settings } from '../model/settings.ts';
import { nextLook } from './nextAttempt.ts';
import type { LoopPass } from './loop.ts';
import { carryOut, prepare, reportOn } from './pass.ts';
import { nextPowerEdge } from './plan/power.ts';
import { rememberSeen } from './apply/recordPass.ts';
import { windowState } from './guard/windows.ts';
import type { Policy, Prepared, Workspace } from './workspace.ts';

/** What the passes of a daemon go by. */
export interface RoundsOptions {
  readonly workspace: Workspace;
  /** The config that is in force now. */
  readonly config: () => Promise<{ readonly state: DesiredState; readonly settings: Settings }>;
  /** Asks for one more pass. */
  readonly request: (trigger: Trigger) => void;
  /** When to look again before the schedule says so; undefined: not before. */
  readonly wakeAt: (when: Date | undefined) => void;
  /** Told of every pass once its end is in the store. */
  readonly onEnded: (report: Report, settings: Settings) => Promise<void>;
}

/** How long a pass may wait for the API, as in `apply`: what never comes to rest must not keep the next pass waiting. */
const patience = 30 * 60_000;

/**
 * The passes of a daemon. After one that wrote something, one more is asked for, since only what the API lists afterwards proves that it
 * worked; that one asks for no other. What waits for a time is looked at then.
 */
export function createRounds(options: RoundsOptions): LoopPass {
  const { workspace, config, request, wakeAt, onEnded } = options;
  let proving = false;
  return async (trigger, signals) => {
    const { state, settings } = await config();
    const policy = { ...settings, force: false };
    const prepared = await prepare(workspace, state, policy, trigger);
    if (signals.stop.aborted) return;
    const report =
      settings.mode === 'enforce'
        ? await carryOut(workspace, policy, prepared, { wait: true, patience, ...signals })
        : await observed(workspace, policy, prepared);
    await workspace.store.ended(report, settings.reports.keep);
    await onEnded(report, settings);
    const wrote = report.actions.some(({ attempts }) => attempts > 0);
    const prove = wrote && !proving && !signals.stop.aborted;
    proving = prove;
    if (prove) request(trigger);
    else if (settings.mode === 'enforce') wakeAt(await nextLookOf(workspace, state, settings));
  };
}

/** The report of a pass that only looks. */
async function observed(workspace: Workspace, policy: Policy, prepared: Prepared): Promise<Report> {
  await rememberSeen(workspace, prepared);
  return reportOn(workspace, policy, prepared);
}

async function nextLookOf(
  { store, clock, catalog }: Workspace,
  { resources }: DesiredState,
  settings: Settings,
): Promise<Date | undefined> {
  const now = clock.now();
  const times = {
    window: windowState(settings, now),
    edge: nextPowerEdge(catalog, resources, now),
    visibility: settings.visibility,
  };
  return nextLook(await store.memory(now), times, now);
}
