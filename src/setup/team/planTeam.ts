import type { Catalog } from '../../model/kind/kind.ts';
import { readBounded, type FileError } from '../../model/files/readBounded.ts';
import type { Report } from '../../model/pass/report.ts';
import type { DesiredState } from '../../model/resource.ts';
import type { Settings } from '../../model/settings.ts';
import { systemClock } from '../../model/time/clock.ts';
import { savedPlan, type SavedPlan } from '../../reconcile/guard/savedPlan.ts';
import { planCost } from '../../reconcile/pricing/planCost.ts';
import type { TeamSnapshot } from '../../reconcile/teamSnapshot/document.ts';
import { readSnapshot } from '../../reconcile/teamSnapshot/read.ts';
import { snapshotWorkspace } from '../../reconcile/teamSnapshot/replay.ts';
import { selectedReport } from '../../reconcile/report/selectedReport.ts';
import type { PlanningWorkspace, Policy } from '../../reconcile/workspace.ts';
import { UserError, type Context } from '../context.ts';
import { openWorkspace } from './openWorkspace.ts';
import { planTraced } from './planOnce.ts';
import { selectorsOf } from '../selection.ts';

/** The team to plan against. */
export interface PlanSource {
  /** The file of the embedded simulated team; undefined: not that one. */
  readonly simulate: string | undefined;
  /** The file of a snapshot; undefined: not that one. Not together with `simulate`. */
  readonly from: string | undefined;
  /** The selectors of the resources to plan, as written; empty: all. */
  readonly only: readonly string[];
}

/** A plan as people see it, and as `apply --plan` takes it. */
export interface TeamPlan {
  readonly report: Report;
  /** Makes the plan for a file. It holds all of the report once more, as text. */
  readonly saved: () => SavedPlan;
  /** The cost if all actions ran, blocked ones included. */
  readonly possibleCost: Report['cost'];
}

/** The config of a command that plans. */
export interface PlannedConfig {
  readonly catalog: Catalog;
  readonly state: DesiredState;
  readonly settings: Settings;
}

/**
 * Observes once and plans, with GET requests only; against a snapshot, with no request and no key. Rejects with a
 * `UserError` if the team cannot be opened, or the snapshot not be read.
 */
export async function planTeam(
  context: Context,
  config: PlannedConfig,
  { simulate, from, only }: PlanSource,
): Promise<TeamPlan> {
  const { catalog, settings } = config;
  const selectors = selectorsOf(only, catalog);
  if (from !== undefined) {
    if (simulate !== undefined)
      throw new UserError('--from and --simulate name two teams; write one of them');
    return planFrom(context, await readSnapshotFile(from), config, selectors);
  }
  await using workspace = await openWorkspace(context, catalog, settings, {
    simulate,
    readOnly: true,
  });
  return await planWith(workspace, config, selectors);
}

/** A snapshot of 10,000 machines takes about ten megabytes. */
const maxSnapshotBytes = 256 * 1024 * 1024;

async function readSnapshotFile(file: string): Promise<TeamSnapshot> {
  const bytes = await readBounded(file, { maxBytes: maxSnapshotBytes }).catch(
    (error: FileError) => {
      throw new UserError(`--from: ${file} ${error.message}`, { cause: error });
    },
  );
  const read = readSnapshot(new TextDecoder().decode(bytes));
  if (!read.ok) throw new UserError(`--from: ${file} ${read.problem}`);
  return read.snapshot;
}

/** Plans as of the time of the snapshot. The times of the report are those of this plan. */
async function planFrom(
  { tracer }: Context,
  snapshot: TeamSnapshot,
  config: PlannedConfig,
  only: Policy['only'],
): Promise<TeamPlan> {
  const { catalog, settings } = config;
  const startedAt = systemClock.now();
  const rate = settings.throttle.requestsPerSecond;
  const workspace = { ...snapshotWorkspace(snapshot, catalog, rate), tracer };
  const age = startedAt.getTime() - Date.parse(snapshot.takenAt);
  return planWith(workspace, config, only, {
    startedAt: startedAt.toISOString(),
    finishedAt: startedAt.toISOString(),
    snapshot: { takenAt: snapshot.takenAt, ageSeconds: Math.max(0, Math.floor(age / 1000)) },
  });
}

async function planWith(
  workspace: PlanningWorkspace,
  { state, settings }: PlannedConfig,
  only: Policy['only'],
  header: Partial<Report> = {},
): Promise<TeamPlan> {
  const policy = { ...settings, force: false, ...(only ? { only } : {}) };
  const { prepared, report: whole } = await planTraced(workspace, state, policy);
  const report = { ...selectedReport(whole, prepared.selection), ...header };
  return {
    report,
    saved: () => savedPlan(prepared, report, workspace.store.digest),
    possibleCost: planCost(
      {
        ...prepared.plan,
        actions: prepared.plan.actions.map(({ blockedReason: _held, ...action }) => action),
      },
      prepared.priced,
    ).cost,
  };
}
