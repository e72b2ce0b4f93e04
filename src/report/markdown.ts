import type { Report } from '../model/report.ts';
import { told, type Row } from './told.ts';

/** A report as GitHub-flavoured Markdown, for a comment on a change or the summary of a job. What comes from the team is never markup. */
export function toMarkdown(report: Report): string {
  const { incomplete, rows, left, headline, counts, figures } = told(report);
  return [
    `**${escaped(headline)}**: ${escaped(counts)}.`,
    ...incomplete.map((text) => `> ${escaped(text)}`),
    ...(rows.length > 0 ? [table(rows)] : []),
    ...(left === '' ? [] : [`**${escaped(left)}**`]),
    `*${escaped(figures)}*`,
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
        `| ${[code(sign), escaped(word), code(subject), details.map(escaped).join('<br>')].join(' | ')} |`,
    ),
  ].join('\n');

/** Text that stands for itself: no markup, no link, no mention of anybody. */
const escaped = (text: string): string =>
  inOneLine(text)
    .replaceAll(/[\\`*_{}[\]<>()#|~&!]/g, String.raw`\$&`)
    .replaceAll(/(?<!\w)@/g, '@\u2060');

/** Text as code in a cell of a table, where a bar ends the cell even in code. */
function code(text: string): string {
  const inside = inOneLine(text).replaceAll('|', String.raw`\|`);
  const longest = Math.max(0, ...(inside.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${inside} ${fence}` : `${fence}${inside}${fence}`;
}

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');
