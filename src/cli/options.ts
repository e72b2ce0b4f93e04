import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { parseFailRule, type FailRule } from '../ci/failOn.ts';
import { logLevels } from '../console/log/logLevels.ts';
import { millisecondsOf } from '../model/time/duration.ts';
import { everyWorkspace, isWorkspaceName, workspaceNameForm } from '../model/workspaceName.ts';
import { defaultConfig, simulatorFile } from '../setup/defaults.ts';

/** The description of `--accept-team`. */
export const acceptTeam = 'assign the store to the team of the key, even if it belongs to another';

/** The formats of most commands, and of those that print a plan or a report. */
export const textOrJson = ['text', 'json'];
export const reportFormats = ['text', 'json', 'markdown', 'html'];

/**
 * The parser of options with choices, which help and completion show. The command itself refuses other values, in one
 * line that begins with the option.
 */
export const anyText = (text: string): string => text;

/**
 * A command with the options that all commands have. `formats`: the accepted values of `--format`; undefined if there
 * is no choice.
 */
export const command = (
  name: string,
  description: string,
  formats: readonly string[] | undefined,
  defaultFormat = 'text',
) =>
  new Command(name)
    .description(description)
    .option('--config <dir>', 'the config directory', directory, defaultConfig)
    .option(
      '--settings <file>',
      'the operator’s settings file; holdfast.yaml may then set only what its repoMaySet lists',
      file,
    )
    .addOption(
      new Option('--format <format>')
        .choices(formats ?? [])
        .argParser(anyText)
        .default(defaultFormat)
        .hideHelp(formats === undefined),
    )
    .addOption(
      new Option('--log-level <level>')
        .choices(logLevels)
        .argParser(anyText)
        .default('', 'info in the daemon, else warn'),
    )
    .option('--no-color', 'no colours');

/** The description of `--simulate`. */
export const simulateText = `use an embedded simulated team, kept in this file (${simulatorFile})`;

/** A command that works on a workspace, which `--workspace` names. */
export const teamCommand = (...of: Parameters<typeof command>) =>
  command(...of).option(
    '--workspace <name>',
    'the workspace, of several; validate, plan, drift, and status take all',
    workspace,
  );

/** A command that works on the team of a workspace, which may be a simulated one. */
export const withTeam = (
  name: string,
  description: string,
  formats: readonly string[] = textOrJson,
) => teamCommand(name, description, formats).option('--simulate [file]', simulateText);

/** Where a command acts: on a running daemon, or on a store. */
export interface Where {
  /** The address of the daemon. */
  readonly server: string | undefined;
  /** The file of the embedded simulated team, whose store is meant. */
  readonly simulate: string | undefined;
}

/** The option `--server`. */
export const serverOption = () =>
  new Option('--server <url>', 'the address of a running daemon; its token is HOLDFAST_TOKEN')
    .env('HOLDFAST_SERVER')
    .conflicts('simulate');

/** The place that the options name. An empty variable counts as unset. */
export const whereOf = (options: {
  readonly server?: string | undefined;
  readonly simulate?: string | true | undefined;
}): Where => ({ server: options.server || undefined, simulate: fileOf(options.simulate) });

/** The file of `--simulate`; undefined without the option. */
export const fileOf = (option: string | true | undefined): string | undefined =>
  option === true ? simulatorFile : option;

/** Parses words that are separated by commas. */
export const list = (text: string): readonly string[] => text.split(',').map((part) => part.trim());

/** Makes a parser of whole numbers from 0 to `maximum`. */
export const upTo =
  (maximum: number) =>
  (text: string): number => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Infinity;
    if (number > maximum)
      throw new InvalidArgumentError(`write a whole number from 0 to ${maximum}.`);
    return number;
  };

/** The option `--only`, which may be repeated. */
export const onlyOption = () =>
  new Option(
    '--only <pattern>',
    'only these resources and what they need: KIND/NAME or LABEL=VALUE, with * for any characters; repeatable',
  )
    .argParser(addText)
    .default<readonly string[]>([], 'all');

/** The option `--job-time`. `prefix` begins its description. */
export const jobTimeOption = (prefix: string) =>
  new Option(
    '--job-time <duration>',
    `${prefix}how long each job takes, such as 500ms, 10m or 0; default: about a second`,
  ).argParser(jobTime);

/** Parses a rule of `--fail-on`, and adds it to the rules so far. */
export function addFailRule(text: string, rules: readonly FailRule[]): readonly FailRule[] {
  const rule = parseFailRule(text);
  if (!rule)
    throw new InvalidArgumentError('write deletions, blocked, or cost>N, with N in USD/h.');
  return [...rules, rule];
}

/** Adds a text to those so far. */
export const addText = (text: string, texts: readonly string[]): readonly string[] => [
  ...texts,
  text,
];

/** Longer than any job takes, and less than the maximum of a timer. */
const longestWaitMs = 7 * 86_400_000;

/** Parses a duration of at most 7 days to milliseconds. */
export function duration(text: string): number {
  const milliseconds = millisecondsOf(text);
  if (milliseconds === undefined || milliseconds > longestWaitMs)
    throw new InvalidArgumentError('write a duration such as 90s, 30m or 2h; 7d at most.');
  return milliseconds;
}

/** Parses an age of at most 3650 days to seconds. */
export function age(text: string): number {
  const milliseconds = millisecondsOf(text);
  if (milliseconds === undefined || milliseconds > 3650 * 86_400_000)
    throw new InvalidArgumentError('write a duration such as 12h or 7d; 3650d at most.');
  return Math.ceil(milliseconds / 1000);
}

/** Parses a duration, or a bare number of milliseconds as `--latency` takes. */
const jobTime = (text: string): number => duration(/^\d{1,9}$/.test(text) ? `${text}ms` : text);

/** Parses the name of a workspace, or `all`. */
function workspace(text: string): string {
  if (text !== everyWorkspace && !isWorkspaceName(text))
    throw new InvalidArgumentError(`write ${workspaceNameForm}.`);
  return text;
}

/** Parses the path of a directory. */
export const directory = (text: string): string => pathOf('a directory', text);

/** Parses the path of a file, which may not be empty. */
export const file = (text: string): string => pathOf('a file', text);

function pathOf(what: string, text: string): string {
  if (text === '') throw new InvalidArgumentError(`write the path of ${what}.`);
  return text;
}
