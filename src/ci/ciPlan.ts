// `holdfast ci plan`: what a CI job does for a pull request. In: the environment of the job (job.ts), the config, and a
// team or a snapshot. Out: annotations (annotations.ts), the printed plan, files, a summary and one comment
// (comment.ts, publish.ts), and the exit code (failOn.ts).

import { appendFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Catalog } from '../model/kind/kind.ts';
import { readBounded } from '../model/files/readBounded.ts';
import type { Report } from '../model/pass/report.ts';
import { jsonText, visible } from '../model/text/visible.ts';
import { systemClock } from '../model/time/clock.ts';
import {
  isInSync,
  printIncomplete,
  printReport,
  requireReportFormat,
} from '../console/printReport.ts';
import { systemErrorText } from '../console/systemError.ts';
import { writeResult } from '../console/writeResult.ts';
import type { Findings } from '../desired/problems/formats.ts';
import { workspaceOf, type Context } from '../setup/context.ts';
import { loadConfig } from '../setup/loadConfig.ts';
import { planTeam, type PlanSource, type TeamPlan } from '../setup/team/planTeam.ts';
import { annotations, findingLines } from './annotations.ts';
import { invalidComment, markerOf, planComment, planSummary } from './comment.ts';
import { terraformReport } from './counts.ts';
import { brokenRules, type FailRule } from './failOn.ts';
import { jobOf, type CiJob } from './job.ts';
import { publish } from './publish.ts';

/** The flags of `holdfast ci plan`. */
export interface CiPlanFlags extends PlanSource {
  /** The file to save the plan to. */
  readonly out: string | undefined;
  readonly failOn: readonly FailRule[];
  /** Converts the name of a config file for annotations. */
  readonly nameOf: (file: string) => string;
}

/** The file that GitLab reads, beside the saved plan. */
const terraformFile = 'holdfast-terraform-report.json';

/** Validates and plans, and tells the pull request. Resolves to the exit code. Writes nothing to the team. */
export async function ciPlan(
  context: Context,
  catalog: Catalog,
  flags: CiPlanFlags,
): Promise<number> {
  requireReportFormat(context);
  const job = jobOf(context.env, await eventOf(context.env));
  const loaded = await loadConfig(context, catalog, context.options.config);
  const findings = {
    problems: loaded.ok ? [] : loaded.problems,
    warnings: loaded.warnings,
  };
  printFindings(context, findings, job, flags);
  const frame = { commit: job?.commit, oneOfSeveral: context.workspace !== undefined };
  if (!loaded.ok) {
    const body = invalidComment(workspaceOf(context), findings.problems.length, frame);
    await publishOrWarn(context, job, body);
    return 1;
  }
  const plan = await planTeam(context, { catalog, ...loaded }, flags);
  const broken = brokenRules(flags.failOn, plan);
  await writeFiles(flags.out, plan, job);
  printReport(context, plan.report);
  printIncomplete(context, plan.report);
  for (const sentence of broken) context.err(`${sentence}\n`);
  await writeSummary(context, job, planSummary(plan.report, { ...frame, broken }));
  await publishOrWarn(context, job, planComment(plan.report, { ...frame, broken }));
  return exitCode(plan.report, broken);
}

function exitCode(report: Report, broken: readonly string[]): number {
  if (!report.complete || broken.length > 0) return 1;
  return isInSync(report) ? 0 : 2;
}

/** An event has at most 25 MB. */
const maxEventBytes = 32 * 1024 * 1024;

/** The event that started the job; undefined if there is none, or it cannot be read. */
async function eventOf({ GITHUB_EVENT_PATH: file }: Context['env']): Promise<unknown> {
  if (!file) return undefined;
  try {
    return JSON.parse(
      new TextDecoder().decode(await readBounded(file, { maxBytes: maxEventBytes })),
    );
  } catch {
    return undefined;
  }
}

/** GitLab has no annotations: there, and outside of CI, the findings are printed. */
function printFindings(
  { out, err }: Context,
  findings: Findings,
  job: CiJob | undefined,
  { nameOf }: CiPlanFlags,
): void {
  const lines = findingLines(findings);
  if (lines !== '') err(lines);
  if (job && job.forge !== 'GitLab')
    out(annotations(findings, nameOf), { of: 'workflow commands' });
}

async function writeFiles(
  out: string | undefined,
  { report, saved }: TeamPlan,
  job: CiJob | undefined,
): Promise<void> {
  if (out === undefined) return;
  await writeResult(out, 'the plan', `${jsonText(saved(), 2)}\n`);
  if (job?.forge === 'GitLab')
    await writeResult(
      join(dirname(out), terraformFile),
      terraformFile,
      `${jsonText(terraformReport(report))}\n`,
    );
}

async function writeSummary({ err }: Context, job: CiJob | undefined, text: string): Promise<void> {
  if (job?.summaryFile === undefined) return;
  try {
    await appendFile(job.summaryFile, text);
  } catch (error) {
    const reason = systemErrorText(error);
    if (reason === undefined) throw error;
    err(`warning: the summary of the job was not written: ${visible(reason)}\n`);
  }
}

async function publishOrWarn(
  context: Context,
  job: CiJob | undefined,
  body: string,
): Promise<void> {
  if (!job) return;
  const { env, err } = context;
  const marker = markerOf(workspaceOf(context));
  const problem = await publish(job, { marker, body }, env, systemClock);
  if (problem !== undefined) err(`warning: the comment was not published: ${visible(problem)}\n`);
}
