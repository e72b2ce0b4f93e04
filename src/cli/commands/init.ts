import { join, relative, resolve } from 'node:path';
import { documentSchema, settingsSchema } from '../../desired/editorSchema/documentSchema.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { shellWord } from '../../model/text/shellWord.ts';
import type { Context } from '../../setup/context.ts';
import { defaultConfig } from '../../setup/defaults.ts';
import { createConfig } from '../../setup/newConfig/createConfig.ts';
import { settingsText, teamText } from '../../setup/newConfig/texts.ts';

/**
 * `holdfast init [DIR]`: writes a small config that declares nothing, and the schemas that editors check it with.
 * `directory`: default `--config`.
 */
export async function init(
  { options, out }: Context,
  { directory = options.config }: { readonly directory: string | undefined },
): Promise<number> {
  const texts = new Map([
    ['holdfast.yaml', settingsText],
    ['team.yaml', teamText],
    ['schema/settings.json', jsonText(settingsSchema())],
    ['schema/desired.json', jsonText(documentSchema(await loadCatalog()))],
  ]);
  await createConfig(directory, texts);
  out([...texts.keys()].map((name) => `wrote ${join(directory, name)}\n`).join(''));
  out(nextSteps(directory));
  return 0;
}

const jsonText = (schema: object): string => `${JSON.stringify(schema, null, 2)}\n`;

function nextSteps(directory: string): string {
  const isDefault = relative(resolve(defaultConfig), resolve(directory)) === '';
  const config = isDefault ? '' : ` --config ${shellWord(directory)}`;
  return `
Declare resources in ${join(directory, 'team.yaml')}, then:
  holdfast validate${config}
  holdfast plan${config} --simulate
  holdfast run${config} --simulate
With PAPERSPACE_API_KEY set and without --simulate, plan and run use the real team. The mode is observe: run changes nothing.
`;
}
