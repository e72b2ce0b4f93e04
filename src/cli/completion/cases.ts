import { quotedWord } from '../../model/text/shellWord.ts';
import type { CommandWords, Value } from './words.ts';

/** A case of bash or zsh: the patterns that lead to a body. */
export const caseOf = (patterns: readonly string[], body: string): string =>
  `      ${patterns.map(quotedWord).join(' | ')}) ${body} ;;\n`;

/** The case that walks from each command to those below it. */
export const walkCase = (commands: readonly CommandWords[]): string =>
  caseOf(
    commands.slice(1).map(({ path }) => path),
    'at="$at $word"',
  );

/** The cases `COMMAND OPTION` of all options with a value; those with the same body are one case. */
export function valueCases(
  commands: readonly CommandWords[],
  bodyOf: (value: Value) => string,
): string {
  const pairs = commands.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) =>
      value ? names.map((name) => ({ pattern: `${path} ${name}`, body: bodyOf(value) })) : [],
    ),
  );
  return [...Map.groupBy(pairs, ({ body }) => body)]
    .map(([body, same]) =>
      caseOf(
        same.map(({ pattern }) => pattern),
        body,
      ),
    )
    .join('');
}
