import { padded, widest } from '../model/text/width.ts';
import type { Report } from '../model/pass/report.ts';
import type { Row, Style } from './rows/reportRows.ts';
import type { Line } from './rows/steps.ts';
import { viewOf } from './reportView.ts';

/** Colours a piece of text for its output, or returns it unchanged. */
export type Paint = (style: Style, text: string) => string;

/** Returns text unchanged. */
export const plain: Paint = (_, text) => text;

/**
 * Renders a report as text: each resource with its steps, or with what keeps it from being in sync, and a summary at
 * the end. Steps are broken at 80 columns; a reason is one line, so that it can be searched and copied.
 */
export function toText(report: Report, paint: Paint = plain): string {
  const { basis, incomplete, rows, remaining, failures, ...summary } = viewOf(report);
  const { headline, needsNoAttention, counts, figures } = summary;
  return [
    ...(basis === '' ? [] : [paint('dim', basis)]),
    ...incomplete.map((text) => paint('red', text)),
    ...table(rows, paint),
    ...(rows.length > 0 ? [''] : []),
    ...(remaining === '' ? [] : [paint('yellow', remaining)]),
    ...(failures === '' ? [] : [paint('red', failures)]),
    needsNoAttention
      ? `${paint('green', `${headline}.`)} ${counts}.`
      : `${paint('bold', headline)}: ${counts}.`,
    paint('dim', figures),
    '',
  ].join('\n');
}

/** The number of columns of a terminal in which rows are laid out. */
const columns = 80;

/** The number of columns of the subjects, unless all are shorter. A longer one moves its steps. */
const maxSubject = 36;

/** The indent of the lines below a subject. */
const indent = ' '.repeat(6);

function table(rows: readonly Row[], paint: Paint): readonly string[] {
  const wordWidth = widest(rows.map(({ word }) => word));
  const subjectWidth = Math.min(maxSubject, widest(rows.map(({ subject }) => subject)));
  return rows.flatMap(({ sign, word, style, subject, lines }) => {
    const name = padded(subject, subjectWidth);
    const room = columns - (wordWidth + widest([name]) + 8);
    const [first = [], ...others] = lines;
    const beside = first.join(', ');
    const isBeside = widest([beside]) <= room;
    const head = `  ${paint(style, `${sign} ${padded(word, wordWidth)}`)}  ${name}`;
    return [
      (isBeside ? `${head}  ${beside}` : head).trimEnd(),
      ...(isBeside ? others : lines)
        .flatMap((line) => brokenLine(line, columns - indent.length))
        .map((text) => indent + text),
    ];
  });
}

/** Joins the parts of a line by commas, and breaks it between two parts where it would be too wide. */
function brokenLine(parts: Line, width: number): readonly string[] {
  const texts: string[] = [];
  let text = '';
  for (const part of parts) {
    const longer = text === '' ? part : `${text}, ${part}`;
    if (text !== '' && widest([longer]) >= width) {
      texts.push(`${text},`);
      text = part;
    } else text = longer;
  }
  return [...texts, text];
}
