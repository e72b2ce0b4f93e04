import { kindsByVerb } from './counts.ts';
import type { Report } from '../model/pass/report.ts';
import { toMarkdown } from '../report/markdown.ts';
import { viewOf } from '../report/reportView.ts';

/** The greatest number of characters of a comment. GitHub refuses 65,536. */
const maxComment = 60_000;

/** The greatest number of bytes of a job's summary, a little below GitHub's limit of 1 MiB. */
const maxSummaryBytes = 1_000_000;

/** What stands around a plan. */
export interface Frame {
  /** The commit that is reviewed. */
  readonly commit: string | undefined;
  /** Whether the config has workspaces, so that the text must name this one. */
  readonly oneOfSeveral: boolean;
  /** Sentences about what makes the job fail. */
  readonly broken: readonly string[];
}

/** The marker of the comment of a workspace. The comment begins with it. */
export const markerOf = (workspace: string): string => `<!-- holdfast:plan:${workspace} -->`;

/** The comment for a plan: all of it, else without fields, else only counts. Pure. */
export const planComment = (report: Report, frame: Frame): string =>
  fitting(report, frame, (text) => text.length <= maxComment);

/** The text of the job's summary for a plan. Pure. */
export const planSummary = (report: Report, frame: Frame): string =>
  fitting(report, frame, (text) => Buffer.byteLength(text) <= maxSummaryBytes);

/** The comment for a config without a plan, since it is not valid. `problems`: how many there are. */
export const invalidComment = (
  workspace: string,
  problems: number,
  { commit, oneOfSeveral }: Pick<Frame, 'commit' | 'oneOfSeveral'>,
): string =>
  [
    headOf(workspace, oneOfSeveral),
    `**The config is not valid**: ${problems === 1 ? 'one problem' : `${problems} problems`}. There is no plan; the log of the job names each of them.`,
    commitText(commit),
    '',
  ].join('\n\n');

function fitting(report: Report, frame: Frame, fits: (text: string) => boolean): string {
  const full = framed(report, frame, toMarkdown(report));
  if (fits(full)) return full;
  const reduced = framed(
    report,
    frame,
    `The plan is too long to be shown here with its fields. The log of the job has all of it.\n\n${toMarkdown(withoutFields(report))}`,
  );
  return fits(reduced) ? reduced : framed(report, frame, countsText(report));
}

const framed = (
  { workspace, digest }: Report,
  { commit, oneOfSeveral, broken }: Frame,
  plan: string,
): string =>
  [
    headOf(workspace, oneOfSeveral),
    ...broken.map((sentence) => `**Failed**: \`${sentence}\``),
    plan.trimEnd(),
    `Plan \`${digest.slice(0, 12)}\`. ${commitText(commit)}`.trim(),
    '',
  ].join('\n\n');

const headOf = (workspace: string, oneOfSeveral: boolean): string =>
  `${markerOf(workspace)}\n### Holdfast plan${oneOfSeveral ? ` (${workspace})` : ''}`;

const commitText = (commit: string | undefined): string =>
  commit === undefined ? '' : `Commit ${commit.slice(0, 12)}.`;

const withoutFields = (report: Report): Report => ({
  ...report,
  actions: report.actions.map((action) => ({ ...action, changes: [] })),
  resources: report.resources.map((resource) => ({ ...resource, changes: [] })),
});

/** The plan as counts by kind. Its length depends on the number of kinds only. */
function countsText(report: Report): string {
  const { basis, headline, counts } = viewOf(report);
  const rows = kindsByVerb(report).map(({ kind, counts: byVerb }) => `| ${kind} | ${byVerb} |`);
  return [
    'The plan is too long to be shown here. These are its counts; the log of the job has all of it.',
    `**${headline}**: ${counts}.`,
    ...(basis === '' ? [] : [basis]),
    ...(rows.length > 0 ? [['| kind | actions |', '| --- | --- |', ...rows].join('\n')] : []),
    ...(report.complete ? [] : ['Not everything could be listed.']),
  ].join('\n\n');
}
