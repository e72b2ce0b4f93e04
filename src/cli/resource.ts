import { Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import type { RunCommand } from './control.ts';
import { addText, fileOf, withTeam } from './options.ts';

/** Adds the commands about one resource: `explain` and `accept`. */
export function addResourceCommands(program: Command, runCommand: RunCommand): void {
  program.addCommand(
    withTeam('explain', 'everything known about one resource')
      .argument('<resource>', resourceText)
      .action((address, options) =>
        runCommand(options, async (context) =>
          (await import('./commands/explain.ts')).explain(context, {
            address,
            simulate: fileOf(options.simulate),
          }),
        ),
      ),
  );
  program.addCommand(
    withTeam('accept', 'write live values into the YAML that declares them')
      .argument('<resource>', resourceText)
      .addOption(
        new Option('--field <path>', 'only this field, such as diskSize; repeatable')
          .argParser(addText)
          .default([], 'all that differ'),
      )
      .option(
        '--branch <name>',
        'with a config from Git: commit to this new branch, push it, and open a pull request',
      )
      .option('--yes', 'write without confirmation', false)
      .action((address, options) =>
        runCommand(options, async (context) =>
          (await import('./commands/accept.ts')).accept(context, {
            address,
            fields: options.field,
            branch: options.branch,
            yes: options.yes,
            simulate: fileOf(options.simulate),
          }),
        ),
      ),
  );
}

const resourceText = 'KIND/NAME, such as machines/trainer-1';
