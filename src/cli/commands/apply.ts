import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { readBounded, type FileError } from '../../model/files/readBounded.ts';
import { writesOf } from '../../model/audit.ts';
import type { Report } from '../../model/pass/report.ts';
import type { DesiredState } from '../../model/resource.ts';
import type { Settings } from '../../model/settings.ts';
import { enforce, type EnforceOptions } from '../../reconcile/enforcePass.ts';
import { prepare } from '../../reconcile/preparePass.ts';
import { reportOn } from '../../reconcile/reportPass.ts';
import {
  pendingResources,
  unsureCreates,
  waitForLists,
  waitForPending,
} from '../../reconcile/waitForPending.ts';
import { continuedBy } from '../../reconcile/report/report.ts';
import { joinedSelection, selectedReport } from '../../reconcile/report/selectedReport.ts';
import { allowedBy, readSavedPlan, type SavedPlan } from '../../reconcile/guard/savedPlan.ts';
import type { Policy, Prepared, Workspace } from '../../reconcile/workspace.ts';
import { createReportFiles } from '../../report/reportFiles.ts';
import { visible } from '../../model/text/visible.ts';
import { cliActor } from '../../setup/actor.ts';
import { openWorkspace } from '../../setup/team/openWorkspace.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import { UserError, type Context } from '../../setup/context.ts';
import { planOnce } from '../../setup/team/planOnce.ts';
import { selectorsOf } from '../../setup/selection.ts';
import { confirm } from '../../console/confirm.ts';
import {
  exitCodeOf,
  printReport,
  requireReportFormat,
  printIncomplete,
} from '../../console/printReport.ts';
import { progress } from '../../console/terminal/progress.ts';
import { stopSignal } from '../../console/signals.ts';

/** The flags of `holdfast apply`. */
export interface ApplyFlags {
  /** The file of the embedded simulated team; undefined: the real team. */
  readonly simulate: string | undefined;
  /** Apply without confirmation. */
  readonly yes: boolean;
  /** Wait for asynchronous jobs, and plan again when they end. */
  readonly wait: boolean;
  /** Ignore limits, windows, and back-off. */
  readonly force: boolean;
  /** Assign the store to the team of the key. */
  readonly acceptTeam: boolean;
  /** The file of a saved plan. If set, only the actions that it allows are carried out. */
  readonly plan: string | undefined;
  /** The selectors of the resources to act on, as written; empty: all. Not together with `plan`. */
  readonly only: readonly string[];
  /** In milliseconds. */
  readonly timeout: number;
}

/**
 * How long requests in flight may take after a stop: a request has a timeout, and may be one of several. In
 * milliseconds.
 */
const graceMs = 60_000;

/** `holdfast apply`: runs one pass in `enforce` mode, whatever `mode` is set to, after confirmation. */
export async function apply(context: Context, flags: ApplyFlags): Promise<number> {
  requireReportFormat(context);
  const catalog = await loadCatalog();
  const { state, settings } = await requireConfig(context, catalog);
  const approvedPlan =
    flags.plan === undefined ? undefined : await readPlanFile(flags.plan, state.revision);
  // A saved plan has its selection: what it does not show is not looked at.
  const only = selectorsOf(approvedPlan ? (approvedPlan.only ?? []) : flags.only, catalog);
  await using workspace = await openWorkspace(context, catalog, settings, {
    simulate: flags.simulate,
    readOnly: false,
    acceptTeam: flags.acceptTeam,
  });
  const policy: Policy = {
    ...settings,
    mode: 'enforce',
    force: flags.force,
    ...(only ? { only } : {}),
    ...(approvedPlan ? { approvedActions: allowedBy(approvedPlan, workspace.store.digest) } : {}),
  };
  const config = { state, settings, policy };
  const pass = { workspace: workspace.name, trigger: 'cli' } as const;
  return await context.tracer.pass(pass, () => applyConfig(context, workspace, config, flags));
}

interface AppliedConfig {
  readonly state: DesiredState;
  readonly settings: Settings;
  readonly policy: Policy;
}

/** Plans, asks for confirmation, and carries the plan out. Resolves to the exit code. */
async function applyConfig(
  context: Context,
  workspace: Workspace,
  { state, settings, policy }: AppliedConfig,
  flags: ApplyFlags,
): Promise<number> {
  const { tracer } = context;
  let { prepared } = await planOnce(workspace, state, policy);
  if (!(await isConfirmed(context, workspace, policy, prepared, flags))) return 1;
  let { selection } = prepared;
  using stop = stopSignal(context, graceMs);
  const timeout = AbortSignal.timeout(flags.timeout);
  const signals = { stop: stop.signal, stopWaiting: AbortSignal.any([stop.signal, timeout]) };
  let report = await carryOutWithProgress(context, workspace, policy, prepared, {
    wait: flags.wait,
    ...signals,
  });
  try {
    const record = (passReport: Report, { costs }: Prepared): Promise<unknown> =>
      tracer.phase('record', () =>
        workspace.store.recordPass(passReport, settings.reports.keep, {
          audit: writesOf(passReport, cliActor()),
          rates: costs.rates,
        }),
      );
    await record(report, prepared);
    while (
      flags.wait &&
      (await waitForUnfinished(context, workspace, policy, prepared, report, signals.stopWaiting))
    ) {
      // The user confirmed once: later failures back off as they do on a schedule.
      prepared = await prepare(workspace, state, { ...policy, honourBackoff: true }, 'cli');
      selection = joinedSelection(selection, prepared.selection);
      if (!(await isConfirmed(context, workspace, policy, prepared, flags))) break;
      const nextReport = await carryOutWithProgress(context, workspace, policy, prepared, {
        wait: true,
        ...signals,
      });
      report = continuedBy(report, nextReport);
      await record(nextReport, prepared);
    }
  } finally {
    tracer.reported(report);
    // The report is printed even if it could not be stored.
    printReport(context, selectedReport(report, selection));
    printIncomplete(context, report);
  }
  await createReportFiles().keep(report, settings.reports);
  return exitCodeOf(selectedReport(report, selection));
}

/** Carries out a prepared pass, and shows its progress. */
async function carryOutWithProgress(
  context: Context,
  workspace: Workspace,
  policy: Policy,
  prepared: Prepared,
  options: Omit<EnforceOptions, 'onOutcome'>,
): Promise<Report> {
  const { estimate } = reportOn(workspace, policy, prepared);
  using progressView = progress(context, prepared.plan, estimate);
  return await enforce(workspace, policy, prepared, {
    ...options,
    onOutcome: progressView.onOutcome,
  });
}

/**
 * Waits for uncertain creates that no list shows yet, and for jobs that an earlier run or somebody else started.
 * Resolves to whether planning again is worthwhile.
 */
async function waitForUnfinished(
  { err }: Context,
  workspace: Workspace,
  policy: Policy,
  prepared: Prepared,
  report: Report,
  signal: AbortSignal,
): Promise<boolean> {
  if (signal.aborted) return false;
  const uncertain = await unsureCreates(
    workspace,
    policy,
    selectedReport(report, prepared.selection),
  );
  for (const { address, until } of uncertain)
    err(
      `waiting for ${visible(address)}: a create was sent, but no list shows it yet; checking until ${new Date(until).toISOString()}\n`,
    );
  if (uncertain.length > 0) return waitForLists(workspace, uncertain, signal);
  const pending = pendingResources(workspace, prepared);
  if (pending.length === 0) return false;
  for (const { kind, name, live } of pending)
    err(
      `waiting for ${visible(`${kind}/${name}`)}: ${visible(live?.transition ?? 'no list shows it yet')}\n`,
    );
  return waitForPending(workspace, policy, prepared, pending, signal);
}

/** The plan of 10,000 resources takes about ten megabytes. */
const maxPlanBytes = 256 * 1024 * 1024;

/** Reads a saved plan. Rejects with a `UserError` if it must not be applied. */
async function readPlanFile(file: string, revision: string): Promise<SavedPlan> {
  const bytes = await readBounded(file, { maxBytes: maxPlanBytes }).catch((error: FileError) => {
    throw new UserError(`--plan: nothing was done: ${file} ${error.message}`, { cause: error });
  });
  const text = new TextDecoder().decode(bytes);
  const saved = readSavedPlan(text, revision);
  if (typeof saved === 'string') throw new UserError(`--plan ${file}: nothing was done: ${saved}`);
  return saved;
}

/** Asks for confirmation on a terminal if there is anything to do; elsewhere requires `--yes`. */
async function isConfirmed(
  context: Context,
  workspace: Workspace,
  policy: Policy,
  prepared: Prepared,
  { yes }: Pick<ApplyFlags, 'yes'>,
): Promise<boolean> {
  if (yes || prepared.plan.actions.every(({ blockedReason }) => blockedReason !== undefined))
    return true;
  return await confirm('apply', context.err, () => {
    const asText = { ...context, options: { ...context.options, format: 'text' } };
    const report = reportOn(workspace, policy, prepared);
    printReport(asText, selectedReport(report, prepared.selection));
  });
}
