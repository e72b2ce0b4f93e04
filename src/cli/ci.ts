// The command `ci plan`. `program.ts` adds it.

import { Command, Option } from '@commander-js/extra-typings';
import type { RunCommand } from './control.ts';
import { addFailRule, fileOf, onlyOption, reportFormats, withTeam } from './options.ts';

/** Adds the command to the program. */
export function addCi(program: Command, runTraced: RunCommand): void {
  program.addCommand(
    new Command('ci').description('what CI jobs run').addCommand(
      withTeam('plan', 'plan for a pull request, and comment on it', reportFormats)
        .option('--out <file>', 'save the plan to this file')
        .option('--from <file>', 'plan against this snapshot of the team, without any request')
        .addOption(onlyOption())
        .addOption(
          new Option(
            '--fail-on <rule>',
            'exit with 1 on deletions, blocked, or cost>N (USD/h); repeatable',
          )
            .argParser(addFailRule)
            .default([], 'none'),
        )
        .action((options) =>
          runTraced(
            options,
            async (context) =>
              (await import('./commands/ciPlan.ts')).planInCi(context, {
                out: options.out,
                from: options.from,
                only: options.only,
                failOn: options.failOn,
                simulate: fileOf(options.simulate),
              }),
            'checkout',
          ),
        ),
    ),
  );
}
