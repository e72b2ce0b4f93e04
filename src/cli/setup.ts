import { Argument, type Command } from '@commander-js/extra-typings';
import type { RunCommand } from './control.ts';
import {
  anyText,
  command,
  teamCommand,
  directory,
  jobTimeOption,
  textOrJson,
  upTo,
} from './options.ts';

/** The shells for which there is a script of completions. */
const shells = ['bash', 'zsh', 'fish'];

/** Adds the commands with which a config is begun, written, tried out, and examined. */
export function addSetup(program: Command, runCommand: RunCommand): void {
  program.addCommand(
    command('init', 'write a small config that declares nothing', undefined)
      .argument('[dir]', 'write there; default: the config directory', directory)
      .action((dir, options) =>
        runCommand(
          options,
          async (context) => (await import('./commands/init.ts')).init(context, { directory: dir }),
          'installation',
        ),
      ),
  );
  program.addCommand(
    command('schema', 'JSON Schema of the config and of reports', undefined)
      .addArgument(
        new Argument('[of]', 'what it describes')
          .choices(['desired', 'settings', 'report'])
          .argParser(anyText)
          .default('desired'),
      )
      .action((of, options) =>
        runCommand(
          options,
          async (context) => (await import('./commands/schema.ts')).schema(context, { of }),
          'installation',
        ),
      ),
  );
  program.addCommand(
    command('simulate', 'a local Paperspace API, for trying things out', undefined)
      .option('--port <port>', 'the port to listen on; 0: any free port', upTo(65_535), 8480)
      .option('--state <file>', 'keep the team in this file')
      .addOption(jobTimeOption(''))
      .option('--fault <fault...>', 'such as "POST /machines reset-after times=1"')
      .option('--latency <ms>', 'milliseconds before each response', upTo(3_600_000), 0)
      .option('--rate-limit <n>', 'requests per second; 0: no limit', upTo(1_000_000), 0)
      .option('--key <key>', 'the only key that is accepted')
      .action((options) =>
        runCommand(
          options,
          async (context) =>
            (await import('./commands/simulate.ts')).simulate(context, {
              ...options,
              state: options.state,
              key: options.key,
              jobTime: options.jobTime,
              fault: options.fault ?? [],
            }),
          'installation',
        ),
      ),
  );
  program.addCommand(
    teamCommand('doctor', 'check config, store, key, address, and clock', textOrJson).action(
      (options) =>
        runCommand(options, async (context) =>
          (await import('./commands/doctor.ts')).doctor(context),
        ),
    ),
  );
  program.addCommand(
    command('completion', 'a script that completes commands and options in a shell', undefined)
      .addArgument(
        new Argument('<shell>', 'the shell of the script').choices(shells).argParser(anyText),
      )
      .action((shell, options) =>
        runCommand(
          options,
          async (context) =>
            (await import('./commands/completion.ts')).completion(context, { shell, program }),
          'installation',
        ),
      ),
  );
}
