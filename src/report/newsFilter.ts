import { needsAttention } from '../model/pass/attention.ts';
import type { Report } from '../model/pass/report.ts';

/** How long the same news is not repeated, in milliseconds. */
const silenceMs = 60 * 60_000;

/**
 * Makes a function that returns whether a report has news: an action was tried, or a resource is out of sync in a way
 * that was not reported in the last hour. A finding that comes and goes is news once.
 */
export function createNewsFilter(): (report: Report) => boolean {
  const reported = new Map<string, number>();
  return (report) => {
    const now = Date.parse(report.finishedAt);
    for (const [finding, at] of reported) if (at <= now - silenceMs) reported.delete(finding);
    const news = findingsIn(report).filter((finding) => !reported.has(finding));
    for (const finding of news) reported.set(finding, now);
    return news.length > 0 || report.actions.some(({ attempts }) => attempts > 0);
  };
}

/** The findings of a report as text, without times and figures, which change by themselves. */
const findingsIn = ({ resources, incomplete, revision }: Report): readonly string[] => [
  `in force ${revision}`,
  ...incomplete.map(({ kind }) => `incomplete ${kind}`),
  ...resources
    .filter(({ status }) => needsAttention(status) || status === 'orphaned')
    .map(
      ({ kind, name, status, changes, reason }) =>
        `${status} ${kind}/${name} ${JSON.stringify(changes)} ${(reason ?? '').replaceAll(/\d[\d.:TZ-]*/g, '#')}`,
    ),
];
