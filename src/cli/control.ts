import { Option, type Command } from '@commander-js/extra-typings';
import type { Context, GlobalOptions } from '../setup/context.ts';
import type { Scope } from './inWorkspaces.ts';
import {
  teamCommand,
  duration,
  reportFormats,
  serverOption,
  simulateText,
  whereOf,
} from './options.ts';

/** Runs the action of a command, and ends with its exit code. Default of `scope`: one workspace. */
export type RunCommand = (
  options: GlobalOptions & { readonly server?: string | undefined },
  action: (context: Context) => Promise<number>,
  scope?: Scope,
) => Promise<void>;

/** Adds the commands that talk to a running daemon. */
export function addControl(program: Command, runCommand: RunCommand): void {
  program.addCommand(
    teamCommand('reconcile', 'request a pass of a running daemon', reportFormats)
      .addOption(serverOption())
      .option('--wait', 'wait until that pass has ended, and exit like apply', false)
      .addOption(
        new Option('--timeout <duration>', 'how long to wait')
          .argParser(duration)
          .default(30 * 60_000, '30m'),
      )
      .action((options) =>
        runCommand(options, async (context) =>
          (await import('./commands/reconcile.ts')).reconcile(context, {
            ...whereOf(options),
            wait: options.wait,
            timeout: options.timeout,
          }),
        ),
      ),
  );
  program.addCommand(
    teamCommand('approve', 'approve the plan of the last pass beyond the limits', undefined)
      .option('--simulate [file]', simulateText)
      .argument('<pass>', 'the id of the pass, from status')
      .addOption(serverOption())
      .option('--yes', 'approve without confirmation', false)
      .action((pass, options) =>
        runCommand(options, async (context) =>
          (await import('./commands/approve.ts')).approve(context, {
            ...whereOf(options),
            pass,
            yes: options.yes,
          }),
        ),
      ),
  );
  program.addCommand(
    teamCommand('suspend', 'stop all actions on a resource, or on everything', undefined)
      .option('--simulate [file]', simulateText)
      .argument('[resource]', 'KIND/NAME, such as machines/trainer-1')
      .option('--all', 'everything', false)
      .option('--reason <text>', 'why, for everybody who asks')
      .option('--until <time>', 'when it ends by itself, such as 2027-01-31T18:00:00Z or 4h')
      .addOption(serverOption())
      .action((resource, options) =>
        runCommand(options, async (context) =>
          (await import('./commands/suspend.ts')).suspend(context, {
            ...whereOf(options),
            resource,
            all: options.all,
            reason: options.reason,
            until: options.until,
          }),
        ),
      ),
  );
  program.addCommand(
    teamCommand('wake', 'let a machine run for a time, whatever its timetable says', undefined)
      .option('--simulate [file]', simulateText)
      .argument('<resource>', 'KIND/NAME, such as machines/trainer-1')
      .option('--for <duration>', 'how long, such as 4h')
      .option('--until <time>', 'until when, such as 2027-01-31T18:00:00+01:00')
      .option('--cancel', 'end the present wake', false)
      .addOption(serverOption())
      .action((resource, options) =>
        runCommand(options, async (context) =>
          (await import('./commands/wake.ts')).wake(context, {
            ...whereOf(options),
            resource,
            for: options.for,
            until: options.until,
            cancel: options.cancel,
          }),
        ),
      ),
  );
  program.addCommand(
    teamCommand('resume', 'end the suspension of a resource, or of everything', undefined)
      .option('--simulate [file]', simulateText)
      .argument('[resource]', 'KIND/NAME, such as machines/trainer-1')
      .option('--all', 'everything', false)
      .addOption(serverOption())
      .action((resource, options) =>
        runCommand(options, async (context) =>
          (await import('./commands/suspend.ts')).resume(context, {
            ...whereOf(options),
            resource,
            all: options.all,
          }),
        ),
      ),
  );
}
