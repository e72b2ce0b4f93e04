import type { Report } from '../model/pass/report.ts';

/** How long what was told is not told again, in milliseconds. */
const silenceMs = 60 * 60_000;

/**
 * Tells of each report whether there is anything in it that people were not told within the last hour: something was done, or a resource is
 * not in sync in a way that is new. What comes and goes is told once.
 */
export function createAnnouncer(): (report: Report) => boolean {
  const told = new Map<string, number>();
  return (report) => {
    const now = Date.parse(report.finishedAt);
    for (const [what, at] of told) if (at <= now - silenceMs) told.delete(what);
    const news = newsIn(report).filter((what) => !told.has(what));
    for (const what of news) told.set(what, now);
    return news.length > 0 || report.actions.some(({ attempts }) => attempts > 0);
  };
}

const silent: ReadonlySet<string> = new Set(['inSync', 'unmanaged']);

/** What a report has to say, without the times and figures in it, which change by themselves. */
const newsIn = ({ resources, incomplete, revision }: Report): readonly string[] => [
  `in force ${revision}`,
  ...incomplete.map(({ kind }) => `incomplete ${kind}`),
  ...resources
    .filter(({ status }) => !silent.has(status))
    .map(
      ({ kind, name, status, changes, reason }) =>
        `${status} ${kind}/${name} ${JSON.stringify(changes)} ${(reason ?? '').replaceAll(/\d[\d.:TZ-]*/g, '#')}`,
    ),
];
