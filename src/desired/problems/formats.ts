import type { Problem } from '../../model/resource.ts';
import { visible } from '../../model/text/visible.ts';
import { rules } from './problems.ts';
import { positionText } from '../../model/resource.ts';

/** `file:line:column: message`, for people and editors. */
export const formatProblem = (problem: Problem): string =>
  `${positionText(problem)}: ${problem.message}`;

/** The problems of a config, and its warnings: what is valid but most likely not intended. */
export interface Findings {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

type Level = 'error' | 'warning';

/** Maps all findings, errors first. */
const mapFindings = <Shown>(
  { problems, warnings }: Findings,
  show: (problem: Problem, level: Level) => Shown,
): readonly Shown[] => [
  ...problems.map((problem) => show(problem, 'error')),
  ...warnings.map((problem) => show(problem, 'warning')),
];

/** One line for each finding: `file:line:column: message`. Warnings begin with `warning: `. */
export const toLines = (findings: Findings): string =>
  mapFindings(findings, (problem, level) => {
    const { message } = problem;
    const shown = level === 'error' ? problem : { ...problem, message: `warning: ${message}` };
    return `${visible(formatProblem(shown))}\n`;
  }).join('');

/** Converts the name of a file in the config directory for readers elsewhere. */
type NameOf = (file: string) => string;

/** Whether a problem is with an environment variable or a flag, which takes the place of the file name. */
const isVariable = (file: string): boolean => /^(HOLDFAST_\w+|--[\w-]+)$/.test(file);

/** One GitHub Actions workflow command per line. They become annotations of the files. */
export const toGithub = (findings: Findings, nameOf: NameOf): string =>
  mapFindings(findings, ({ file, line, column, rule, message }, level) => {
    const title = `title=${property(rule)}`;
    if (isVariable(file)) return `::${level} ${title}::${data(`${file}: ${message}`)}\n`;
    const place = `file=${property(nameOf(file))},line=${line},col=${column}`;
    return `::${level} ${place},${title}::${data(message)}\n`;
  }).join('');

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** A SARIF 2.1.0 log for code scanners. `urlOf` returns the URL of a file. */
export const toSarif = (findings: Findings, urlOf: NameOf): object => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'holdfast',
          rules: [...new Set(mapFindings(findings, ({ rule }) => rule))].map(ruleOf),
        },
      },
      columnKind: 'utf16CodeUnits',
      results: mapFindings(findings, (problem, level) => resultOf(problem, level, urlOf)),
    },
  ],
});

const descriptions: Readonly<Record<string, string>> = rules;

const ruleOf = (id: string): object => ({
  id,
  shortDescription: { text: descriptions[id] ?? id },
});

const resultOf = (problem: Problem, level: Level, urlOf: NameOf): object => {
  const { file, line, column, rule, message } = problem;
  const base = { ruleId: rule, level };
  if (isVariable(file)) return { ...base, message: { text: `${file}: ${message}` } };
  const artifactLocation = { uri: urlOf(file) };
  const region = { startLine: line, startColumn: column };
  return {
    ...base,
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation, region } }],
  };
};
