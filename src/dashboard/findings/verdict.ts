import { countNeedingAttention } from '../../model/pass/attention.ts';
import type { Report } from '../../model/pass/report.ts';
import { countOf } from '../../model/text/countOf.ts';
import type { Status } from '../../server/views.ts';
import type { Level } from '../elements/mark.ts';

/** The state of the team in one line. */
export interface Verdict {
  readonly level: Level;
  readonly text: string;
}

/**
 * Judges the state of the team. It says `in sync` only if the last pass ran to its end, listed everything, and used the
 * present config. Pure.
 */
export function verdictOf(
  report: Report | undefined,
  { configError, suspended }: Pick<Status, 'configError' | 'suspended'>,
  waiting: string | undefined,
): Verdict {
  if (waiting !== undefined) return { level: 'bad', text: 'No passes run' };
  if (!report) return { level: 'busy', text: 'The first pass has not ended yet' };
  const { summary, complete } = report;
  const open = countNeedingAttention(summary);
  const parts = [
    ...(summary.failed > 0 ? [`${summary.failed} failed`] : []),
    ...(open > summary.failed
      ? [`${countOf(open - summary.failed, summary.failed > 0 ? 'other' : 'resource')} out of sync`]
      : []),
    ...(complete ? [] : ['not everything could be listed']),
    ...(configError === null ? [] : ['the config files are not in force']),
    ...(suspended ? ['everything is suspended'] : []),
  ];
  if (parts.length === 0) return { level: 'good', text: 'All in sync' };
  const isBad = summary.failed > 0 || !complete || configError !== null;
  return { level: isBad ? 'bad' : 'warning', text: capitalized(parts.join(', ')) };
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
