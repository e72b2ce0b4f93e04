import { createInterface } from 'node:readline/promises';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { readBounded, type FileError } from '../../model/files/readBounded.ts';
import type { Report } from '../../model/pass/report.ts';
import { carryOut, prepare, reportOn, type CarryOutOptions } from '../../reconcile/pass.ts';
import {
  pendingResources,
  unsureCreates,
  waitForLists,
  waitForPending,
} from '../../reconcile/waitForPending.ts';
import { continuedBy } from '../../reconcile/report/report.ts';
import { allowedBy, readSavedPlan, type SavedPlan } from '../../reconcile/guard/savedPlan.ts';
import type { Policy, Prepared, Workspace } from '../../reconcile/workspace.ts';
import { keepReport } from '../../report/reportFiles.ts';
import { visible } from '../../model/text/visible.ts';
import { openWorkspace } from '../../setup/openWorkspace.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import { UserError, type Context } from '../../setup/context.ts';
import {
  isAtRest,
  printReport,
  refuseWrongKey,
  requireReportFormat,
  tellIncomplete,
} from '../../console/printReport.ts';
import { progress } from '../../console/progress.ts';
import { stopSignal } from '../../console/signals.ts';

export interface ApplyFlags {
  readonly simulate: string | undefined;
  readonly yes: boolean;
  readonly wait: boolean;
  readonly force: boolean;
  readonly acceptTeam: boolean;
  /** The file of a saved plan; then nothing is done but what it allows. */
  readonly plan: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
}

/** How long what is in flight may take once it is told to stop: a request has a time-out, and may be one of several. */
const graceMs = 60_000;

/** `holdfast apply`: one pass, whatever `mode` says, once somebody has agreed to it. */
export async function apply(context: Context, flags: ApplyFlags): Promise<number> {
  requireReportFormat(context);
  const catalog = await loadCatalog();
  const { state, settings } = await requireConfig(context, catalog);
  const saved = flags.plan === undefined ? undefined : await savedAt(flags.plan, state.revision);
  await using workspace = await openWorkspace(context, catalog, settings, {
    simulate: flags.simulate,
    readOnly: false,
    acceptTeam: flags.acceptTeam,
  });
  const policy: Policy = {
    ...settings,
    mode: 'enforce',
    force: flags.force,
    ...(saved ? { agreed: allowedBy(saved, workspace.store.digest) } : {}),
  };
  let prepared = await prepare(workspace, state, policy, 'cli');
  refuseWrongKey(reportOn(workspace, policy, prepared));
  if (!(await agreed(context, workspace, policy, prepared, flags))) return 1;
  using stop = stopSignal(context, graceMs);
  const timeout = AbortSignal.timeout(flags.timeout);
  const signals = { stop: stop.signal, hurry: AbortSignal.any([stop.signal, timeout]) };
  let report = await carriedOut(context, workspace, policy, prepared, {
    wait: flags.wait,
    ...signals,
  });
  try {
    await workspace.store.ended(report, settings.reports.keep);
    while (
      flags.wait &&
      (await pendingEnded(context, workspace, policy, prepared, report, signals.hurry))
    ) {
      // Somebody asked once: what has failed meanwhile waits as it would for a schedule.
      prepared = await prepare(workspace, state, { ...policy, honourBackoff: true }, 'cli');
      if (!(await agreed(context, workspace, policy, prepared, flags))) break;
      const next = await carriedOut(context, workspace, policy, prepared, {
        wait: true,
        ...signals,
      });
      report = continuedBy(report, next);
      await workspace.store.ended(next, settings.reports.keep);
    }
  } finally {
    // What was done is told, whatever could not be remembered.
    printReport(context, report);
    tellIncomplete(context, report);
  }
  await keepReport(report, settings.reports);
  return exitCodeOf(report);
}

/** Carries out a prepared pass, and shows its progress. */
async function carriedOut(
  context: Context,
  workspace: Workspace,
  policy: Policy,
  prepared: Prepared,
  options: Omit<CarryOutOptions, 'onOutcome'>,
): Promise<Report> {
  const { estimate } = reportOn(workspace, policy, prepared);
  using shown = progress(context, prepared.plan, estimate);
  return await carryOut(workspace, policy, prepared, { ...options, onOutcome: shown.onOutcome });
}

/**
 * Waits for creates that no list shows yet, and for what an earlier run or somebody else set the API to work on. Resolves to whether it is
 * worth planning again.
 */
async function pendingEnded(
  { err }: Context,
  workspace: Workspace,
  policy: Policy,
  prepared: Prepared,
  report: Report,
  signal: AbortSignal,
): Promise<boolean> {
  if (signal.aborted) return false;
  const unsure = await unsureCreates(workspace, policy, report);
  for (const { address, until } of unsure)
    err(
      `waiting for ${visible(address)}: a create was sent, and no list shows it yet; looked for until ${new Date(until).toISOString()}\n`,
    );
  if (unsure.length > 0) return waitForLists(workspace, unsure, signal);
  const pending = pendingResources(workspace, prepared);
  if (pending.length === 0) return false;
  for (const { kind, name, live } of pending)
    err(
      `waiting for ${visible(`${kind}/${name}`)}: ${visible(live?.activity ?? 'no list shows it yet')}\n`,
    );
  return waitForPending(workspace, policy, prepared, pending, signal);
}

/** A plan of 10,000 resources has some ten megabytes. */
const maxPlanBytes = 256 * 1024 * 1024;

/** The saved plan in a file, or a `UserError` that says why it may not be applied. */
async function savedAt(file: string, revision: string): Promise<SavedPlan> {
  const bytes = await readBounded(file, { maxBytes: maxPlanBytes }).catch((error: FileError) => {
    throw new UserError(`--plan: nothing was done: ${file} ${error.message}`, { cause: error });
  });
  const text = new TextDecoder().decode(bytes);
  const saved = readSavedPlan(text, revision);
  if (typeof saved === 'string') throw new UserError(`--plan ${file}: nothing was done: ${saved}`);
  return saved;
}

/** Asks on a terminal, where there is anything to do; elsewhere only `--yes` counts. */
async function agreed(
  context: Context,
  workspace: Workspace,
  policy: Policy,
  prepared: Prepared,
  { yes }: Pick<ApplyFlags, 'yes'>,
): Promise<boolean> {
  if (yes || prepared.plan.actions.every(({ held }) => held !== undefined)) return true;
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new UserError('nothing was done: apply asks on a terminal, and elsewhere wants --yes');
  const asText = { ...context, options: { ...context.options, format: 'text' } };
  printReport(asText, reportOn(workspace, policy, prepared));
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question('Do this? (yes/no) ');
    if (/^y(es)?$/i.test(answer.trim())) return true;
    context.err('nothing was done\n');
    return false;
  } finally {
    terminal.close();
  }
}

/** 0: converged; 3: something is blocked, pending or held; 1: something failed. */
function exitCodeOf(report: Report): number {
  const { summary, actions, complete } = report;
  if (!complete || summary.failed > 0 || actions.some(({ outcome }) => outcome === 'failed'))
    return 1;
  return isAtRest(report) && actions.every(({ outcome }) => outcome === 'done') ? 0 : 3;
}
