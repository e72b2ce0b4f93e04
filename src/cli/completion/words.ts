import type { Argument, CommandUnknownOpts, Option } from '@commander-js/extra-typings';

/**
 * The words that a shell offers, read from the program itself. bash.ts, zsh.ts, and fish.ts print them as scripts that
 * run no program, read no config, and contact nothing.
 */

/** What a shell offers for a value: these words, paths, or nothing. */
export type Value =
  | { readonly of: 'words'; readonly words: readonly string[] }
  | { readonly of: 'files' | 'directories' | 'text' };

/** A word with its description. */
export interface Described {
  readonly name: string;
  readonly description: string;
}

/** An option of a command. */
export interface OptionWords {
  /** Such as `-h` and `--help`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined if the option has no value. */
  readonly value: Value | undefined;
}

/** What may follow a command. */
export interface CommandWords {
  /** The words that call the command, such as `holdfast ci plan`. */
  readonly path: string;
  readonly subcommands: readonly Described[];
  readonly options: readonly OptionWords[];
  /** The first argument; undefined if there is none. */
  readonly argument: Value | undefined;
}

/** The words of a command and of all commands below it. `parent`: the words before its name. */
export function wordsOf(command: CommandUnknownOpts, parent = ''): readonly CommandWords[] {
  const path = `${parent} ${command.name()}`.trim();
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command);
  const [argument] = command.registeredArguments;
  const own: CommandWords = {
    path,
    subcommands: subcommands.map((below) => ({
      name: below.name(),
      description: help.subcommandDescription(below),
    })),
    options: help.visibleOptions(command).map(optionWords),
    argument: argument && valueOf(argument, argument.name()),
  };
  return [own, ...command.commands.flatMap((below) => wordsOf(below, path))];
}

const optionWords = (option: Option): OptionWords => ({
  names: [option.short, option.long].flatMap((name) => name ?? []),
  description: option.description,
  value: option.required || option.optional ? valueOf(option, placeholderOf(option)) : undefined,
});

/** The name of an option's value: `dir` in `--config <dir>`. */
const placeholderOf = ({ flags }: Option): string => /[<[]([\w-]+)/.exec(flags)?.[1] ?? '';

function valueOf({ argChoices }: Argument | Option, placeholder: string): Value {
  if (argChoices) return { of: 'words', words: argChoices };
  if (placeholder === 'dir') return { of: 'directories' };
  return { of: placeholder === 'file' ? 'files' : 'text' };
}
