import { Help, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { withSubcommands } from '../src/cli/program.ts';

/** A term with its explanation, such as an option. */
export interface Entry {
  readonly term: string;
  readonly text: string;
}

/** A command as its reference shows it. */
export interface CommandEntry {
  /** The name after those of the commands above it, such as `holdfast ci plan`. */
  readonly name: string;
  readonly usage: string;
  readonly description: string;
  /** Its operands, and the options that not all commands have. */
  readonly entries: readonly Entry[];
}

/** All commands that can be run, and the options that each of them has. */
export function commandEntries(program: CommandUnknownOpts): {
  readonly commands: readonly CommandEntry[];
  readonly shared: readonly Entry[];
} {
  const commands = withSubcommands(program).filter(({ commands: inner }) => inner.length === 0);
  const shared = sharedBy(commands.map(optionsOf).filter((options) => options.length > 1));
  return {
    commands: commands.map((command) => entryOf(command, shared)),
    shared: [...optionsOf(program), ...shared],
  };
}

function entryOf(command: CommandUnknownOpts, shared: readonly Entry[]): CommandEntry {
  const operands = command.registeredArguments.map((argument) => ({
    term: argument.name(),
    text: help.argumentDescription(argument),
  }));
  const own = optionsOf(command).filter((entry) => !shared.some((one) => isSame(one, entry)));
  return {
    name: nameOf(command),
    usage: command.usage(),
    description: command.description(),
    entries: [...operands, ...own],
  };
}

const nameOf = (command: CommandUnknownOpts): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();

/** What an exit code means. */
export const exitCodes: readonly Entry[] = [
  { term: '0', text: 'done, or in sync' },
  { term: '1', text: 'an error' },
  { term: '2', text: 'plan, drift, status: the team is not in sync' },
  { term: '3', text: 'apply, reconcile --wait: actions remain' },
];

/** The variables of the environment that a user sets most. */
export const variables: readonly Entry[] = [
  { term: 'PAPERSPACE_API_KEY', text: 'the API key' },
  { term: 'PAPERSPACE_API_KEY_FILE', text: 'the file that has the API key' },
  { term: 'PAPERSPACE_API_URL', text: 'the address of the API' },
  { term: 'HOLDFAST_TOKEN', text: 'the token of the daemon' },
  { term: 'HOLDFAST_SETTINGS', text: 'the settings file, as --settings' },
  {
    term: 'HOLDFAST_*',
    text: 'a setting: its path in capitals, such as HOLDFAST_THROTTLE_REQUESTS_PER_SECOND',
  },
];

/** The files that Holdfast reads and writes by default. */
export const files: readonly Entry[] = [
  { term: './config', text: 'the config directory' },
  { term: './config/holdfast.yaml', text: 'the settings' },
  { term: './.holdfast/state.db', text: 'the store' },
  { term: './.holdfast/reports', text: 'the reports of the last passes' },
];

const help = new Help();

/** Lists the options of a command, without `--help`, which every command has. */
const optionsOf = (command: CommandUnknownOpts): readonly Entry[] =>
  help
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map((option) => ({ term: option.flags, text: help.optionDescription(option) }));

/** Returns the options that all of these lists have. */
const sharedBy = ([first = [], ...others]: readonly (readonly Entry[])[]): readonly Entry[] =>
  first.filter((entry) => others.every((options) => options.some((one) => isSame(one, entry))));

const isSame = (a: Entry, b: Entry): boolean => a.term === b.term && a.text === b.text;
