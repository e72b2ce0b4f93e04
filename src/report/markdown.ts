import type { Report } from '../model/pass/report.ts';
import type { Row } from './rows/reportRows.ts';
import { viewOf } from './reportView.ts';

/**
 * Renders a report as GitHub-flavoured Markdown, for a comment on a pull request or the summary of a job. Text from the
 * team is code, so it can contain no markup, link, or mention.
 */
export function toMarkdown(report: Report): string {
  const { basis, incomplete, rows, remaining, failures, headline, counts, figures } =
    viewOf(report);
  return [
    ...(failures === '' ? [] : [`**${code(failures)}**`]),
    `**${headline}**: ${counts}.`,
    ...(basis === '' ? [] : [basis]),
    ...incomplete.map((text) => `> ${code(text)}`),
    ...(rows.length > 0 ? [table(rows)] : []),
    ...(remaining === '' ? [] : [`**${remaining}**`]),
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
      ({ sign, word, subject, lines }) =>
        `| ${[cell(sign), word, cell(subject), lines.map((line) => cell(line.join(', '))).join('<br>')].join(' | ')} |`,
    ),
  ].join('\n');

/**
 * Renders text as code in a table cell. A bar ends the cell even in code, and a backslash before an escaped bar would
 * unescape it.
 */
export const cell = (text: string): string =>
  code(text.replaceAll(/(?<=\\)\|/g, String.raw`\u007c`).replaceAll('|', String.raw`\|`));

/** Renders text as code. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  // Markdown strips one space at each end of code that begins and ends with a space.
  const isPadded = longest > 0 || /^\s|\s$|^$/.test(text);
  return isPadded ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}
