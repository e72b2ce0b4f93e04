import { toGithub, toLines, type Findings } from '../desired/problems/formats.ts';
import type { Problem } from '../model/resource.ts';
import { countOf } from '../model/text/countOf.ts';

/** GitHub shows this many annotations of a step, and drops the others. */
const maxAnnotations = 10;

/** The first ten findings, errors first. The tenth says how many more there are. Pure. */
export function limited({ problems, warnings }: Findings): Findings {
  const more = problems.length + warnings.length - maxAnnotations;
  if (more <= 0) return { problems, warnings };
  const shown = problems.slice(0, maxAnnotations);
  const shownWarnings = warnings.slice(0, maxAnnotations - shown.length);
  return shownWarnings.length > 0
    ? { problems: shown, warnings: withMore(shownWarnings, more) }
    : { problems: withMore(shown, more), warnings: [] };
}

const withMore = (findings: readonly Problem[], more: number): readonly Problem[] =>
  findings.map((finding, index) =>
    index === findings.length - 1
      ? {
          ...finding,
          message: `${finding.message} (and ${countOf(more, 'more problem')}, see the log)`,
        }
      : finding,
  );

/** The findings as workflow commands, which become annotations of the files. Pure. */
export const annotations = (findings: Findings, nameOf: (file: string) => string): string =>
  toGithub(limited(findings), nameOf);

/** All findings, one a line. */
export const findingLines = (findings: Findings): string => toLines(findings);
