import { padded, widest } from '../model/text/width.ts';
import type { Report } from '../model/pass/report.ts';
import type { Row, Style } from './reportRows.ts';
import { viewOf } from './reportView.ts';

/** Colours a piece of text for its output, or returns it unchanged. */
export type Paint = (style: Style, text: string) => string;

/** Returns text unchanged. */
export const plain: Paint = (_, text) => text;

/**
 * Renders a report as text: a line for each action with old and new values, a line for each resource that is out of
 * sync without an action, and a summary at the end.
 */
export function toText(report: Report, paint: Paint = plain): string {
  const { basis, incomplete, rows, remaining, headline, needsNoAttention, counts, figures } =
    viewOf(report);
  return [
    ...(basis === '' ? [] : [paint('dim', basis)]),
    ...incomplete.map((text) => paint('red', text)),
    ...table(rows, paint),
    ...(rows.length > 0 ? [''] : []),
    ...(remaining === '' ? [] : [paint('yellow', remaining)]),
    needsNoAttention
      ? `${paint('green', `${headline}.`)} ${counts}.`
      : `${paint('bold', headline)}: ${counts}.`,
    paint('dim', figures),
    '',
  ].join('\n');
}

function table(rows: readonly Row[], paint: Paint): readonly string[] {
  const wordWidth = widest(rows.map(({ word }) => word));
  const subjectWidth = Math.min(60, widest(rows.map(({ subject }) => subject)));
  return rows.flatMap(({ sign, word, style, subject, details }) => {
    const head = `  ${paint(style, `${sign} ${padded(word, wordWidth)}`)}  ${padded(subject, subjectWidth)}`;
    const indent = ' '.repeat(wordWidth + subjectWidth + 6);
    const [first = '', ...rest] = details;
    return [`${head}  ${first}`.trimEnd(), ...rest.map((text) => `${indent}  ${text}`)];
  });
}
