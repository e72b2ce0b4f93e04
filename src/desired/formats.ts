import type { Problem } from '../model/resource.ts';
import { placeOf, rules } from './problems.ts';

/** `file:line:column: message`, for people and editors. */
export const formatProblem = (problem: Problem): string =>
  `${placeOf(problem)}: ${problem.message}`;

/** One workflow command of GitHub Actions a line: they become annotations of the files. */
export const toGithub = (problems: readonly Problem[]): string =>
  problems
    .map(({ file, line, column, rule, message }) => {
      const place = `file=${property(file)},line=${line},col=${column},title=${property(rule)}`;
      return `::error ${place}::${data(message)}\n`;
    })
    .join('');

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** A SARIF 2.1.0 log, as code scanners take it; files are named from the config directory. */
export const toSarif = (problems: readonly Problem[]): object => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'holdfast',
          rules: [...new Set(problems.map(({ rule }) => rule))].map(ruleOf),
        },
      },
      columnKind: 'utf16CodeUnits',
      results: problems.map(resultOf),
    },
  ],
});

const descriptions: Readonly<Record<string, string>> = rules;

const ruleOf = (id: string): object => ({
  id,
  shortDescription: { text: descriptions[id] ?? id },
});

const resultOf = ({ file, line, column, rule, message }: Problem): object => ({
  ruleId: rule,
  level: 'error',
  message: { text: message },
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
        region: { startLine: line, startColumn: column },
      },
    },
  ],
});
