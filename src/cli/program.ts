import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { millisecondsOf } from '../model/time/duration.ts';
import type { Context, GlobalOptions } from '../setup/context.ts';
import { defaultConfig, simulatorFile } from '../setup/defaults.ts';
import type { Outputs } from '../console/output.ts';
import { version } from './version.ts';

/**
 * The command line. `ended` receives a command's exit code; commands are loaded when they are called. Usage errors exit with 1.
 */
export function createProgram(ended: (code: number) => void, outputs: Outputs): Command {
  const program = new Command('holdfast')
    .description('Keeps a Paperspace team in the state that YAML files declare.')
    .version(version(), '-V, --version')
    .showHelpAfterError('(holdfast --help lists what there is)')
    .configureHelp({ showGlobalOptions: true });

  const run = async (
    options: GlobalOptions,
    action: (context: Context) => Promise<number>,
    ends = true,
  ): Promise<void> => {
    // The logger alone takes longer to load than help and version take to print.
    const { processContext } = await import('../setup/context.ts');
    const context = processContext(options, outputs, ends);
    const code = await action(context);
    ended(code);
    if (!ends) await context.leave(code);
  };

  program.addCommand(
    command('validate', 'check the config, without the network', 'text, json, sarif or github')
      .option('--secrets', 'read the secrets too', false)
      .option('--strict', 'take warnings for errors', false)
      .action((options) =>
        run(options, async (context) =>
          (await import('./commands/validate.ts')).validate(context, options),
        ),
      ),
  );
  for (const [name, description] of [
    ['plan', 'show what a pass would do; writes nothing'],
    ['drift', 'show where the team is not as declared; writes nothing'],
  ] as const)
    program.addCommand(
      withTeam(name, description, reportFormats)
        .option('--out <file>', 'keep the plan in this file')
        .action((options) =>
          run(options, async (context) =>
            (await import('./commands/plan.ts')).plan(context, {
              ...options,
              simulate: fileOf(options.simulate),
            }),
          ),
        ),
    );
  program.addCommand(
    withTeam('apply', 'run one pass and do what it plans', reportFormats)
      .option('--yes', 'do it without asking', false)
      .option('--no-wait', 'leave asynchronous work to the API')
      .addOption(
        new Option('--timeout <duration>', 'how long to wait for it')
          .argParser(duration)
          .default(30 * 60_000, '30m'),
      )
      .option('--force', 'lift limits and windows, and try what was refused', false)
      .option('--accept-team', acceptTeam, false)
      .addOption(jobTimeOption('with --simulate: '))
      .option('--plan <file>', 'do only what this saved plan says, if all is still as it saw it')
      .action((options) =>
        run(options, async (context) =>
          (await import('./commands/apply.ts')).apply(context, {
            ...options,
            plan: options.plan,
            simulate: fileOf(options.simulate),
          }),
        ),
      ),
  );
  program.addCommand(
    withTeam('run', 'the daemon: passes on a schedule and when the config changes', reportFormats)
      .option('--accept-team', acceptTeam, false)
      .addOption(jobTimeOption('with --simulate: '))
      .action((options) =>
        run(
          options,
          async (context) =>
            (await import('./commands/run.ts')).run(context, {
              acceptTeam: options.acceptTeam,
              simulate: fileOf(options.simulate),
            }),
          false,
        ),
      ),
  );
  program.addCommand(
    withTeam('import', 'add what is live and not declared to the YAML')
      .option('--out <dir>', 'write there; default: the config directory')
      .option('--kinds <kinds>', 'only these kinds, with commas between them', list)
      .option('--layout <layout>', 'kind: one file a kind; single: all in team.yaml', 'kind')
      .action((options) =>
        run(options, async (context) =>
          (await import('./commands/import.ts')).importTeam(context, {
            out: options.out,
            kinds: options.kinds,
            layout: options.layout,
            simulate: fileOf(options.simulate),
          }),
        ),
      ),
  );
  program.addCommand(
    withTeam('status', 'the last passes and what is not in sync, from the store').action(
      (options) =>
        run(options, async (context) =>
          (await import('./commands/status.ts')).status(context, {
            simulate: fileOf(options.simulate),
          }),
        ),
    ),
  );
  program.addCommand(
    withTeam('explain', 'everything known of one resource')
      .argument('<resource>', 'KIND/NAME, such as machines/trainer-1')
      .action((address, options) =>
        run(options, async (context) =>
          (await import('./commands/explain.ts')).explain(context, {
            address,
            simulate: fileOf(options.simulate),
          }),
        ),
      ),
  );
  program.addCommand(
    command(
      'graph',
      'resources and their references, without the network',
      'mermaid, dot or svg',
      'mermaid',
    ).action((options) =>
      run(options, async (context) => (await import('./commands/graph.ts')).graph(context)),
    ),
  );
  program.addCommand(
    command('schema', 'JSON Schema of the config and of reports', undefined)
      .argument('[of]', 'desired, settings or report', 'desired')
      .action((of, options) =>
        run(options, async (context) =>
          (await import('./commands/schema.ts')).schema(context, { of }),
        ),
      ),
  );
  program.addCommand(
    command('simulate', 'a local Paperspace API, for trying things out', undefined)
      .option('--port <port>', 'where it listens; 0 takes a free one', upTo(65_535), 8480)
      .option('--state <file>', 'keep the team in this file')
      .addOption(jobTimeOption(''))
      .option('--fault <fault...>', 'such as "POST /machines reset-after times=1"')
      .option('--latency <ms>', 'milliseconds before each answer', upTo(3_600_000), 0)
      .option('--rate-limit <n>', 'requests a second; 0: none', upTo(1_000_000), 0)
      .option('--key <key>', 'the only key that is accepted')
      .action((options) =>
        run(options, async (context) =>
          (await import('./commands/simulate.ts')).simulate(context, {
            ...options,
            state: options.state,
            key: options.key,
            jobTime: options.jobTime,
            fault: options.fault ?? [],
          }),
        ),
      ),
  );
  program.addCommand(
    command('doctor', 'check key, address, clock, store and config', textOrJson).action((options) =>
      run(options, async (context) => (await import('./commands/doctor.ts')).doctor(context)),
    ),
  );
  for (const each of [program, ...program.commands])
    each.configureOutput({ writeOut: outputs.out.write, writeErr: outputs.err.write });
  return program;
}

const acceptTeam = 'give the store to the team of the key, though it belongs to another';

/** What most commands print in, and those that print a plan or a report. */
const textOrJson = 'text or json';
const reportFormats = 'text, json, markdown or html';

/** A command with the options that all of them take. `formats`: what it prints in, for people; undefined: there is no choice. */
const command = (
  name: string,
  description: string,
  formats: string | undefined,
  byDefault = 'text',
) =>
  new Command(name)
    .description(description)
    .option('--config <dir>', 'the config directory', directory, defaultConfig)
    .addOption(
      new Option('--format <format>', formats).default(byDefault).hideHelp(formats === undefined),
    )
    .addOption(
      new Option('--log-level <level>', 'trace, debug, info, warn, error or silent').default(
        '',
        'info in the daemon, else warn',
      ),
    )
    .option('--no-color', 'no colours, whatever the terminal can do');

const withTeam = (name: string, description: string, formats = textOrJson) =>
  command(name, description, formats).option(
    '--simulate [file]',
    `take an embedded simulated team, kept in this file (${simulatorFile})`,
  );

const fileOf = (option: string | true | undefined): string | undefined =>
  option === true ? simulatorFile : option;

const list = (text: string): readonly string[] => text.split(',').map((part) => part.trim());

const upTo =
  (most: number) =>
  (text: string): number => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Infinity;
    if (number > most) throw new InvalidArgumentError(`write a whole number from 0 to ${most}.`);
    return number;
  };

const jobTimeOption = (when: string) =>
  new Option(
    '--job-time <duration>',
    `${when}how long each job takes, such as 500ms, 10m or 0; default: about a second`,
  ).argParser(jobTime);

/** Longer than any job takes, and shorter than the longest timer that there is. */
const longestWaitMs = 7 * 86_400_000;

function duration(text: string): number {
  const milliseconds = millisecondsOf(text);
  if (milliseconds === undefined || milliseconds > longestWaitMs)
    throw new InvalidArgumentError('write a duration such as 90s, 30m or 2h; 7d at most.');
  return milliseconds;
}

/** A duration, or a bare number of milliseconds as in `--latency`. */
const jobTime = (text: string): number => duration(/^\d{1,9}$/.test(text) ? `${text}ms` : text);

function directory(text: string): string {
  if (text === '') throw new InvalidArgumentError('write the path of a directory.');
  return text;
}
