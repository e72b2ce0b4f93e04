import type { CommandWords, OptionWords, Value } from './words.ts';

/** The script for fish. */
export const fishScript = (commands: readonly CommandWords[]): string => `\
# Completion of holdfast for fish, printed by: holdfast completion fish
function __holdfast_at
    set -l at holdfast
    for word in (commandline -opc)
        switch "$at $word"
            case ${commands
              .slice(1)
              .map(({ path }) => quoted(path))
              .join(' ')}
                set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
complete -c holdfast -e
complete -c holdfast -f
${commands.flatMap(linesOf).join('')}`;

function linesOf({ path, subcommands, options, argument }: CommandWords): readonly string[] {
  const start = `complete -c holdfast -n ${quoted(`__holdfast_at "${path}"`)}`;
  return [
    ...subcommands.map(
      ({ name, description }) => `${start} -a ${quoted(name)} -d ${quoted(description)}\n`,
    ),
    ...(argument && argument.of !== 'text' ? [`${start}${valueText(argument)}\n`] : []),
    ...options.map((option) => `${start}${optionText(option)}\n`),
  ];
}

function optionText({ names, description, value }: OptionWords): string {
  const flags = names.map((name) =>
    name.startsWith('--') ? ` -l ${quoted(name.slice(2))}` : ` -s ${quoted(name.slice(1))}`,
  );
  const needed = value ? ` -r${valueText(value)}` : '';
  return `${flags.join('')}${needed} -d ${quoted(description)}`;
}

function valueText(value: Value): string {
  switch (value.of) {
    case 'words':
      return ` -f -a ${quoted(value.words.join(' '))}`;
    case 'files':
      return ' -F';
    case 'directories':
      return ` -f -a '(__fish_complete_directories)'`;
    case 'text':
      return ' -f';
  }
}

const quoted = (text: string): string =>
  `'${text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;
