import { Command, Option, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Outputs } from '../console/output.ts';
import {
  acceptTeam,
  age,
  command,
  duration,
  teamCommand,
  fileOf,
  jobTimeOption,
  onlyOption,
  reportFormats,
  serverOption,
  simulateText,
  textOrJson,
  whereOf,
  withTeam,
} from './options.ts';
import { addCi } from './ci.ts';
import { addImport } from './importing.ts';
import { addMoney } from './money.ts';
import { addControl, type RunCommand } from './control.ts';
import { addResourceCommands } from './resource.ts';
import { addSetup } from './setup.ts';
import { version } from './version.ts';

/**
 * The entry point of `cli/`. In: the streams of the process; commander then reads `process.argv`. Out: `ended` is
 * called with the exit code of the command; usage errors exit with 1.
 *
 * Each command is defined here (those that talk to a daemon in control.ts, those about one resource in resource.ts,
 * those about money in money.ts, `import` in importing.ts, `ci` in ci.ts, those around a config in setup.ts), with the
 * options of options.ts, and runs in its own file in commands/, which is loaded when the command is called.
 */
export function createProgram(ended: (code: number) => void, outputs: Outputs): Command {
  const program = new Command('holdfast')
    .description('Keeps a Paperspace team in the state that YAML files declare.')
    .version(version(), '-V, --version')
    .showHelpAfterError('(holdfast --help lists the commands)')
    .configureHelp({ showGlobalOptions: true });

  const runCommand: RunCommand = async (options, action, scope = 'workspace') => {
    // Loading the logger alone takes longer than printing the help or the version.
    const { processContext } = await import('../setup/context.ts');
    const context = processContext(options, outputs, scope !== 'daemon');
    const isOfWorkspace = scope !== 'installation' && scope !== 'daemon';
    const at = { scope, server: options.server || undefined };
    const code = isOfWorkspace
      ? await (await import('./inWorkspaces.ts')).inWorkspaces(context, at, action)
      : await action(context);
    ended(code);
    if (scope === 'daemon') await context.leave(code);
  };

  /** Runs a command whose passes are traced. */
  const runTraced: RunCommand = (options, action, scope) =>
    runCommand(
      options,
      async (context) => {
        const { withTracing } = await import('../setup/withTracing.ts');
        const ends = scope !== 'daemon';
        return withTracing(context, { version: version(), ends, run: action });
      },
      scope,
    );

  program.addCommand(
    teamCommand('validate', 'check the config, without the network', [
      'text',
      'json',
      'sarif',
      'github',
    ])
      .option('--secrets', 'read the secrets too', false)
      .option('--strict', 'treat warnings as errors', false)
      .action((options) =>
        runCommand(
          options,
          async (context) => (await import('./commands/validate.ts')).validate(context, options),
          'workspaces',
        ),
      ),
  );
  for (const [name, description] of [
    ['plan', 'show what a pass would do; writes nothing'],
    ['drift', 'show where the team differs from the config; writes nothing'],
  ] as const)
    program.addCommand(
      withTeam(name, description, reportFormats)
        .option('--out <file>', 'save the plan to this file')
        .option('--from <file>', 'plan against this snapshot of the team, without any request')
        .addOption(onlyOption())
        .action((options) =>
          runTraced(
            options,
            async (context) =>
              (await import('./commands/plan.ts')).plan(context, {
                out: options.out,
                from: options.from,
                only: options.only,
                simulate: fileOf(options.simulate),
              }),
            'workspaces',
          ),
        ),
    );
  addCi(program, runTraced);
  program.addCommand(
    teamCommand('snapshot', 'write the team as observed to a file, for plan --from', undefined)
      .option('--simulate [file]', simulateText)
      .requiredOption('--out <file>', 'write it to this file')
      .action((options) =>
        runCommand(options, async (context) =>
          (await import('./commands/snapshot.ts')).snapshot(context, {
            out: options.out,
            simulate: fileOf(options.simulate),
          }),
        ),
      ),
  );
  program.addCommand(
    withTeam('apply', 'run one pass and carry out its plan', reportFormats)
      .option('--yes', 'apply without confirmation', false)
      .option('--no-wait', 'do not wait for asynchronous jobs')
      .addOption(
        new Option('--timeout <duration>', 'how long to wait for jobs')
          .argParser(duration)
          .default(30 * 60_000, '30m'),
      )
      .option('--force', 'ignore limits, windows, and back-off', false)
      .option('--accept-team', acceptTeam, false)
      .addOption(jobTimeOption('with --simulate: '))
      .addOption(
        new Option(
          '--plan <file>',
          'apply only this saved plan, if nothing has changed since',
        ).conflicts('only'),
      )
      .addOption(onlyOption())
      .action((options) =>
        runTraced(options, async (context) =>
          (await import('./commands/apply.ts')).apply(context, {
            ...options,
            plan: options.plan,
            simulate: fileOf(options.simulate),
          }),
        ),
      ),
  );
  program.addCommand(
    command('run', 'the daemon: passes on a schedule and when the config changes', reportFormats)
      .option('--simulate [file]', simulateText)
      .option('--accept-team', acceptTeam, false)
      .addOption(jobTimeOption('with --simulate: '))
      .action((options) =>
        runTraced(
          options,
          async (context) =>
            (await import('./commands/run.ts')).run(context, {
              acceptTeam: options.acceptTeam,
              simulate: fileOf(options.simulate),
            }),
          'daemon',
        ),
      ),
  );
  addImport(program, runCommand);
  program.addCommand(
    withTeam('status', 'the last passes and what is not in sync, from the store or a daemon')
      .addOption(serverOption())
      .action((options) =>
        runCommand(
          options,
          async (context) =>
            (await import('./commands/status.ts')).status(context, whereOf(options)),
          'workspaces',
        ),
      ),
  );
  addControl(program, runCommand);
  addMoney(program, runCommand);
  program.addCommand(
    withTeam('audit', 'who did what: approvals, suspensions, requests, and writes to the API')
      .addOption(
        new Option('--since <duration>', 'only the last such time, such as 7d').argParser(age),
      )
      .action((options) =>
        runCommand(options, async (context) =>
          (await import('./commands/audit.ts')).audit(context, {
            since: options.since,
            simulate: fileOf(options.simulate),
          }),
        ),
      ),
  );
  addResourceCommands(program, runCommand);
  program.addCommand(
    teamCommand(
      'graph',
      'resources and their references, without the network',
      ['mermaid', 'dot', 'svg'],
      'mermaid',
    ).action((options) =>
      runCommand(options, async (context) => (await import('./commands/graph.ts')).graph(context)),
    ),
  );
  addSetup(program, runCommand);
  program.addCommand(
    new Command('notify')
      .description('notifications of the settings')
      .addCommand(
        teamCommand('test', 'send a test message to each sink', textOrJson).action((options) =>
          runCommand(options, async (context) =>
            (await import('./commands/notifyTest.ts')).notifyTest(context),
          ),
        ),
      ),
  );
  for (const subcommand of withSubcommands(program))
    subcommand.configureOutput({ writeOut: outputs.out.write, writeErr: outputs.err.write });
  return program;
}

/** A command and all commands below it. */
export const withSubcommands = (program: CommandUnknownOpts): readonly CommandUnknownOpts[] => [
  program,
  ...program.commands.flatMap(withSubcommands),
];
