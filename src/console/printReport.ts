import type { Report } from '../model/pass/report.ts';
import type { ReportFormat } from '../model/settings.ts';
import { visible } from '../model/text/visible.ts';
import { toHtml } from '../report/html.ts';
import { toMarkdown } from '../report/markdown.ts';
import { toText, type Paint } from '../report/text.ts';
import { UserError, type Context } from '../setup/context.ts';

/** In what commands print that print no report. */
const plainFormats: readonly ReportFormat[] = ['text', 'json'];

const printers: Readonly<Record<ReportFormat, (report: Report, paint: Paint) => string>> = {
  text: toText,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  markdown: toMarkdown,
  html: toHtml,
};

/** Checks `--format` before anything is done. */
export function requireFormat({ options: { format } }: Pick<Context, 'options'>): void {
  requireOneOf(plainFormats, format);
}

/** Likewise for what prints a plan or a report. */
export function requireReportFormat({ options: { format } }: Pick<Context, 'options'>): void {
  requireOneOf(Object.keys(printers), format);
}

function requireOneOf(formats: readonly string[], format: string): void {
  if (!formats.includes(format))
    throw new UserError(`--format ${format}: write one of ${formats.join(', ')}`);
}

/** A key that the API refuses fails every list alike, so it is told once. */
export function refuseWrongKey({ incomplete }: Pick<Report, 'incomplete'>): void {
  const [first] = incomplete;
  if (first && incomplete.every(({ error }) => / answered 401 /.test(error)))
    throw new UserError(first.error);
}

/** How many lists that broke off are named on stderr; the report names all. */
const mostNamed = 5;

/** Says on stderr which lists broke off, since a command then ends with 1: results on stdout may be read by a program, or by nobody. */
export function tellIncomplete({ err }: Context, { incomplete }: Pick<Report, 'incomplete'>): void {
  const more = incomplete.length - mostNamed;
  for (const { kind, error } of incomplete.slice(0, mostNamed))
    err(`${visible(`${kind} could not be listed: ${error}`)}\n`);
  if (more > 0) err(`and ${more} more kinds could not be listed\n`);
}

/** Prints a report to stdout in the format that was asked for. */
export function printReport({ options, out, paint }: Context, report: Report): void {
  out(printers[options.format as ReportFormat](report, paint));
}

/** Whether everything declared is as it should be; what is orphaned or unmanaged and stays does not count. */
export const isAtRest = ({ summary, complete }: Report): boolean =>
  complete &&
  summary.drifted +
    summary.missing +
    summary.pending +
    summary.blocked +
    summary.failed +
    summary.ambiguous +
    summary.contended ===
    0;

/** Whether everything is in sync and there is nothing to do. */
export const isInSync = (report: Report): boolean =>
  isAtRest(report) && Object.values(report.summary.actions).every((count) => count === 0);
