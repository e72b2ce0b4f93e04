import { countOf } from '../model/text/countOf.ts';
import { countNeedingAttention } from '../model/pass/attention.ts';
import type { Report } from '../model/pass/report.ts';
import type { ReportFormat } from '../model/settings.ts';
import { visible } from '../model/text/visible.ts';
import { toHtml } from '../report/html.ts';
import { toMarkdown } from '../report/markdown.ts';
import { toText, type Paint } from '../report/text.ts';
import { UserError, type Context } from '../setup/context.ts';

/** The formats of commands that print no report. */
const plainFormats: readonly ReportFormat[] = ['text', 'json'];

const printers: Readonly<Record<ReportFormat, (report: Report, paint: Paint) => string>> = {
  text: toText,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  markdown: toMarkdown,
  html: toHtml,
};

/** Rejects an unknown `--format` with a `UserError`, before the command does anything. */
export function requireFormat({ options: { format } }: Pick<Context, 'options'>): void {
  requireOneOf(plainFormats, format);
}

/** Like `requireFormat`, for commands that print a plan or a report. */
export function requireReportFormat({ options: { format } }: Pick<Context, 'options'>): void {
  requireOneOf(Object.keys(printers), format);
}

function requireOneOf(formats: readonly string[], format: string): void {
  if (!formats.includes(format))
    throw new UserError(`--format ${format}: write one of ${formats.join(', ')}`);
}

/** The maximum number of incomplete lists named on stderr. The report names all of them. */
const maxNamed = 5;

/**
 * Prints the incomplete lists to stderr. The command exits with 1, and its stdout may be read by a program or by
 * nobody.
 */
export function printIncomplete(
  { err }: Context,
  { incomplete }: Pick<Report, 'incomplete'>,
): void {
  const rest = incomplete.length - maxNamed;
  for (const { kind, error } of incomplete.slice(0, maxNamed))
    err(`${visible(`${kind} could not be listed: ${error}`)}\n`);
  if (rest > 0) err(`and ${countOf(rest, 'more kind')} could not be listed\n`);
}

/** Prints a report to stdout in the requested format. */
export function printReport({ options, out, paint }: Context, report: Report): void {
  out(printers[options.format as ReportFormat](report, paint));
}

/** Whether everything declared is as it should be. Orphaned and unmanaged resources that are kept do not count. */
const isAtRest = ({ summary, complete }: Report): boolean =>
  complete && countNeedingAttention(summary) === 0;

/** Whether everything is in sync and there is nothing to do. */
export const isInSync = (report: Report): boolean =>
  isAtRest(report) && Object.values(report.summary.actions).every((count) => count === 0);

/** The exit code of a pass that acts: 0 if converged; 3 if something is blocked or pending; 1 if something failed. */
export function exitCodeOf(report: Report): number {
  const { summary, actions, complete } = report;
  if (!complete || summary.failed > 0 || actions.some(({ outcome }) => outcome === 'failed'))
    return 1;
  return isAtRest(report) && actions.every(({ outcome }) => outcome === 'done') ? 0 : 3;
}
