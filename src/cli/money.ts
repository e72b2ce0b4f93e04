// The commands about what a team costs. `program.ts` adds them.

import type { Command } from '@commander-js/extra-typings';
import { defaultCostBy, defaultCostDays } from '../model/money/costReport.ts';
import { defaultOffDays } from '../model/money/waste.ts';
import { age, fileOf, withTeam } from './options.ts';
import type { RunCommand } from './control.ts';

const daySeconds = 86_400;

/** Adds the commands to the program. */
export function addMoney(program: Command, runCommand: RunCommand): void {
  program.addCommand(
    withTeam('waste', 'what costs money and seems unused')
      .option(
        '--off <duration>',
        'how long a machine is off until it counts',
        age,
        defaultOffDays * daySeconds,
      )
      .action((options) =>
        runCommand(options, async (context) =>
          (await import('./commands/waste.ts')).waste(context, {
            off: options.off,
            simulate: fileOf(options.simulate),
          }),
        ),
      ),
  );
  program.addCommand(
    withTeam('cost', 'what the team cost, and a forecast of the month')
      .option('--by <what>', 'kind, machineType, label, or the key of a label', defaultCostBy)
      .option('--since <duration>', 'how far back, such as 7d', age, defaultCostDays * daySeconds)
      .action((options) =>
        runCommand(options, async (context) =>
          (await import('./commands/cost.ts')).cost(context, {
            by: options.by,
            since: options.since,
            simulate: fileOf(options.simulate),
          }),
        ),
      ),
  );
}
