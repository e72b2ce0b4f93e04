import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { loadCatalog } from '../kinds/lib/load.ts';
import type { Report } from '../model/report.ts';
import { agreementTo, readKeptPlan, type KeptPlan } from '../reconcile/kept.ts';
import { carryOut, prepare, reportOn } from '../reconcile/pass.ts';
import type { Policy, Prepared } from '../reconcile/workspace.ts';
import { keepReport } from '../report/files.ts';
import { openWorkspace } from './compose.ts';
import { requireConfig } from './config.ts';
import { UserError, type Context } from './context.ts';
import { isAtRest, printReport, refuseWrongKey, requireReportFormat } from './print.ts';
import { progress, type Progress } from './progress.ts';
import { stopSignal } from './signals.ts';

export interface ApplyFlags {
  readonly simulate: string | undefined;
  readonly yes: boolean;
  readonly wait: boolean;
  readonly force: boolean;
  /** The file of a kept plan; then nothing is done but what stands in it. */
  readonly plan: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
}

/** `holdfast apply`: one pass, whatever `mode` says, once somebody has agreed to it. */
export async function apply(context: Context, flags: ApplyFlags): Promise<number> {
  requireReportFormat(context);
  const catalog = await loadCatalog();
  const { state, settings } = await requireConfig(context, catalog);
  const kept = flags.plan === undefined ? undefined : await keptAt(flags.plan, state.revision);
  await using workspace = await openWorkspace(context, catalog, settings, {
    simulate: flags.simulate,
    readOnly: false,
  });
  const policy: Policy = {
    ...settings,
    mode: 'enforce',
    force: flags.force,
    ...(kept ? { agreed: agreementTo(kept) } : {}),
  };
  const prepared = await prepare(workspace, state, policy, 'cli');
  const planned = (): Report => reportOn(workspace, policy, prepared);
  refuseWrongKey(planned());
  if (hasWork(prepared) && !(await agreed(context, planned, flags.yes))) return 1;
  using stop = stopSignal(context);
  const report = await withProgress(context, prepared, planned().estimate, (onOutcome) =>
    carryOut(workspace, policy, prepared, {
      wait: flags.wait,
      stop: stop.signal,
      hurry: AbortSignal.timeout(flags.timeout),
      onOutcome,
    }),
  );
  // First what was done is told: that it cannot be remembered is an error.
  printReport(context, report);
  await workspace.store.ended(report, settings.reports.keep);
  await keepReport(report, settings.reports);
  return exitCodeOf(report);
}

/** The kept plan in a file, or a `UserError` that says why it may not be applied. */
async function keptAt(file: string, revision: string): Promise<KeptPlan> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`--plan ${file}: it cannot be read (${error.code})`);
  });
  const kept = readKeptPlan(text, revision);
  if (typeof kept === 'string') throw new UserError(`--plan ${file}: nothing was done: ${kept}`);
  return kept;
}

async function withProgress(
  context: Context,
  { plan }: Prepared,
  estimate: Report['estimate'],
  work: (onOutcome: Progress['onOutcome']) => Promise<Report>,
): Promise<Report> {
  using shown = progress(context, plan, estimate);
  return await work(shown.onOutcome);
}

const hasWork = ({ plan }: Prepared): boolean =>
  plan.actions.some(({ held }) => held === undefined);

/** Asks on a terminal; elsewhere only `--yes` counts. */
async function agreed(context: Context, planned: () => Report, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new UserError('nothing was done: apply asks on a terminal, and elsewhere wants --yes');
  printReport({ ...context, options: { ...context.options, format: 'text' } }, planned());
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
