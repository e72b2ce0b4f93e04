import type { Report } from '../model/pass/report.ts';
import { told, type Row } from './reportView.ts';

/**
 * A report as GitHub-flavoured Markdown, for a comment on a change or the summary of a job. What comes from the team stands as code, in which nothing is
 * markup, a link, or a mention of anybody or anything.
 */
export function toMarkdown(report: Report): string {
  const { incomplete, rows, left, headline, counts, figures } = told(report);
  return [
    `**${headline}**: ${counts}.`,
    ...incomplete.map((text) => `> ${code(text)}`),
    ...(rows.length > 0 ? [table(rows)] : []),
    ...(left === '' ? [] : [`**${left}**`]),
    code(figures),
  ]
    .map((block) => `${block}\n`)
    .join('\n');
}

const table = (rows: readonly Row[]): string =>
  [
    '|  | what | resource | details |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ({ sign, word, subject, details }) =>
        `| ${[cell(sign), word, cell(subject), details.map(cell).join('<br>')].join(' | ')} |`,
    ),
  ].join('\n');

/** Code in a cell of a table, where a bar ends the cell even in code, and a backslash before its own escape would free it. */
const cell = (text: string): string =>
  code(text.replaceAll(/(?<=\\)\|/g, String.raw`\u007c`).replaceAll('|', String.raw`\|`));

/** Text as code. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  // Code that begins and ends with a space would lose both.
  const isPadded = longest > 0 || /^\s|\s$|^$/.test(text);
  return isPadded ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}
