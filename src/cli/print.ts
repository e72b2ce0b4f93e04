import type { Report } from '../model/report.ts';
import { toText } from '../report/text.ts';
import { UserError, type Context } from './context.ts';

/** The formats in which plans and reports are printed. */
const formats = ['text', 'json'] as const;

/** Checks `--format` before anything is done. */
export function requireFormat({ options: { format } }: Pick<Context, 'options'>): void {
  if (!formats.some((one) => one === format))
    throw new UserError(`--format ${format}: write one of ${formats.join(', ')}`);
}

/** A key that the API refuses fails every list alike, so it is told once. */
export function refuseWrongKey({ incomplete }: Report): void {
  const [first] = incomplete;
  if (first && incomplete.every(({ error }) => / answered 401 /.test(error)))
    throw new UserError(first.error);
}

/** Prints a report to stdout in the format that was asked for. */
export function printReport({ options, out, paint }: Context, report: Report): void {
  out(options.format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : toText(report, paint));
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
