import type { Report } from '../model/pass/report.ts';
import { told, type Row, type Style } from './reportView.ts';

/** Colours a piece of text for the place where it will be read, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Leaves text as it is. */
export const plain: Paint = (_, text) => text;

/**
 * A report for a person: a line for each action, with old and new value; a line for each resource that is not in sync for another
 * reason; a summary line at the end.
 */
export function toText(report: Report, paint: Paint = plain): string {
  const { incomplete, rows, left, headline, quiet, counts, figures } = told(report);
  return [
    ...incomplete.map((text) => paint('red', text)),
    ...table(rows, paint),
    ...(rows.length > 0 ? [''] : []),
    ...(left === '' ? [] : [paint('yellow', left)]),
    quiet
      ? `${paint('green', `${headline}.`)} ${counts}.`
      : `${paint('bold', headline)}: ${counts}.`,
    paint('dim', figures),
    '',
  ].join('\n');
}

function table(rows: readonly Row[], paint: Paint): readonly string[] {
  const words = Math.max(0, ...rows.map(({ word }) => word.length));
  const subjects = Math.min(60, Math.max(0, ...rows.map(({ subject }) => subject.length)));
  return rows.flatMap(({ sign, word, style, subject, details }) => {
    const head = `  ${paint(style, `${sign} ${word.padEnd(words)}`)}  ${subject.padEnd(subjects)}`;
    const indent = ' '.repeat(words + subjects + 6);
    const [first = '', ...more] = details;
    return [`${head}  ${first}`.trimEnd(), ...more.map((text) => `${indent}  ${text}`)];
  });
}
