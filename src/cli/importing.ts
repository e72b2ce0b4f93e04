// The command `import`. `program.ts` adds it.

import { Option, type Command } from '@commander-js/extra-typings';
import type { Layout } from '../import/yaml/files.ts';
import { addText, anyText, file, fileOf, list, withTeam } from './options.ts';
import type { RunCommand } from './control.ts';

/** Adds the command to the program. */
export function addImport(program: Command, runCommand: RunCommand): void {
  program.addCommand(
    withTeam('import', 'add live resources that are not declared to the YAML')
      .option('--out <dir>', 'write there; default: the config directory')
      .option('--kinds <kinds>', 'only these kinds, separated by commas', list)
      .option(
        '--without <fields>',
        'leave out these fields, separated by commas, whose members take a request per resource, such as accessors',
        list,
      )
      .addOption(
        new Option('--layout <layout>', 'kind: one file per kind; single: everything in team.yaml')
          .choices(['kind', 'single'] satisfies readonly Layout[])
          .argParser(anyText)
          .default('kind'),
      )
      .addOption(
        new Option(
          '--terraform <file>',
          'only the resources of this state file, and print how Terraform lets go of them',
        )
          .argParser(file)
          .conflicts('kinds'),
      )
      .addOption(
        new Option(
          '--skip <address>',
          'with --terraform: leave this resource with Terraform; repeatable',
        )
          .argParser(addText)
          .default<readonly string[]>([], 'none'),
      )
      .action((options) =>
        runCommand(
          options,
          async (context) =>
            (await import('./commands/import.ts')).importTeam(context, {
              out: options.out,
              kinds: options.kinds,
              without: options.without,
              layout: options.layout,
              terraform: options.terraform,
              skip: options.skip,
              simulate: fileOf(options.simulate),
            }),
          'checkout',
        ),
      ),
  );
}
