import type { AlertChanges } from '../model/notify/alert.ts';
import { daemonActor, writesOf } from '../model/audit.ts';
import type { PassEffects } from '../model/pass/passEffects.ts';
import { monthOf } from '../model/money/ledger.ts';
import { nextExpiryEdge } from '../model/pass/expiry.ts';
import type { Plan } from '../model/pass/plan.ts';
import type { Report, Trigger } from '../model/pass/report.ts';
import type { Repair } from '../model/pass/trend.ts';
import type { DesiredState } from '../model/resource.ts';
import type { Settings } from '../model/settings.ts';
import { noTracer } from '../model/tracer.ts';
import { nextAttemptAt } from './nextAttempt.ts';
import type { LoopPass } from './loop.ts';
import { effectsOf } from './report/effects.ts';
import { enforce, type EnforceOptions } from './enforcePass.ts';
import { prepare } from './preparePass.ts';
import { reportOn } from './reportPass.ts';
import { nextPowerEdge } from './plan/power/power.ts';
import { recordSeen } from './apply/recordPass.ts';
import { windowState } from './guard/windows.ts';
import { graceUntil, type Policy, type Prepared, type Workspace } from './workspace.ts';

/** A pass that has ended. */
export interface EndedPass {
  readonly report: Report;
  readonly settings: Settings;
  /** What it read and planned. */
  readonly prepared: Prepared;
  /** The resources that no longer need attention. */
  readonly repairs: readonly Repair[];
  /** What it wrote to. */
  readonly effects: PassEffects;
}

/** Dependencies of the passes of a daemon. */
export interface DaemonPassOptions {
  readonly workspace: Workspace;
  /** The config in force. */
  readonly config: () => Promise<{ readonly state: DesiredState; readonly settings: Settings }>;
  /** Asks for one more pass. */
  readonly request: (trigger: Trigger) => void;
  /** Sets the time of the next pass before the schedule; undefined: none. */
  readonly scheduleAt: (when: Date | undefined) => void;
  /** Computes what a pass changes for notifications, which is recorded with it. Default: nothing. */
  readonly alertsOf?: (report: Report, settings: Settings) => Promise<AlertChanges | undefined>;
  /** Called before the actions of a pass. `estimate` computes how long they take. Default: nothing. */
  readonly onPlanned?: (plan: Plan, estimate: () => Report['estimate']) => void;
  /** Called once for each action when it has ended. Default: nothing. */
  readonly onOutcome?: EnforceOptions['onOutcome'];
  /** Called for every pass, once its end is in the store. */
  readonly onEnded: (ended: EndedPass) => Promise<void>;
}

/**
 * How long a pass waits for the API, as in `apply`, in milliseconds: a resource that never gets ready must not delay
 * the next pass for ever.
 */
const waitTimeoutMs = 30 * 60_000;

/**
 * Runs the passes of a daemon. A pass that wrote something requests one more, since only the next lists prove that the
 * writes worked; that one requests no other.
 */
export function createDaemonPass(options: DaemonPassOptions): LoopPass {
  const { workspace, config, request, scheduleAt, onEnded } = options;
  const { tracer = noTracer } = workspace;
  let proving = false;
  return async (trigger, signals) => {
    const { state, settings } = await tracer.phase('load', config);
    const policy = { ...settings, force: false };
    const prepared = await prepare(workspace, state, policy, trigger);
    if (signals.stop.aborted) return;
    const report =
      settings.mode === 'enforce'
        ? await carriedOut(options, policy, prepared, signals)
        : await observed(workspace, policy, prepared);
    tracer.reported(report);
    const alerts = await options.alertsOf?.(report, settings);
    const audit = writesOf(report, daemonActor);
    const { keep } = settings.reports;
    const { rates } = prepared.costs;
    const repairs = await tracer.phase('record', () =>
      workspace.store.recordPass(report, keep, { alerts, audit, rates }),
    );
    const effects = effectsOf(workspace, prepared, report);
    await onEnded({ report, settings, prepared, repairs, effects });
    const wrote = report.actions.some(({ attempts }) => attempts > 0);
    const prove = wrote && !proving && !signals.stop.aborted;
    proving = prove;
    if (prove) request(trigger);
    else scheduleAt(await nextLookOf(workspace, state, settings));
  };
}

/** Carries out a prepared pass. */
function carriedOut(
  { workspace, onPlanned, onOutcome }: DaemonPassOptions,
  policy: Policy,
  prepared: Prepared,
  signals: Parameters<LoopPass>[1],
): Promise<Report> {
  onPlanned?.(prepared.plan, () => reportOn(workspace, policy, prepared).estimate);
  return enforce(workspace, policy, prepared, {
    wait: true,
    waitTimeoutMs,
    ...signals,
    ...(onOutcome ? { onOutcome } : {}),
  });
}

/** Reports an observe-only pass. */
async function observed(workspace: Workspace, policy: Policy, prepared: Prepared): Promise<Report> {
  await recordSeen(workspace, prepared);
  return reportOn(workspace, policy, prepared);
}

/**
 * When the next pass may find more than this one. Without actions, that is when an expiry or the new month of a budget
 * has to be announced.
 */
async function nextLookOf(
  { store, clock, catalog }: Workspace,
  { resources }: DesiredState,
  settings: Settings,
): Promise<Date | undefined> {
  const now = clock.now();
  const expiry = nextExpiryEdge(resources, now);
  const month = settings.budgets.length > 0 ? monthOf(now, 1) : undefined;
  if (settings.mode === 'observe') return earliest(expiry, month);
  const times = {
    window: windowState(settings, now),
    edges: [
      nextPowerEdge(catalog, resources, now),
      expiry,
      month,
      graceUntil(store, settings, now),
    ],
    visibility: settings.visibility,
  };
  return nextAttemptAt(await store.memory(now), times, now);
}

const earliest = (a: Date | undefined, b: Date | undefined): Date | undefined =>
  a && b ? (a < b ? a : b) : (a ?? b);
