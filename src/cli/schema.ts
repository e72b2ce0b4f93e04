import { authoringSchema, settingsSchema } from '../desired/authoring.ts';
import { loadCatalog } from '../kinds/lib/load.ts';
import { UserError, type Context } from './context.ts';

/** `holdfast schema [desired|settings]`: JSON Schema for editors. */
export async function schema({ out }: Context, { of }: { of: string }): Promise<number> {
  if (of !== 'desired' && of !== 'settings')
    throw new UserError(`there is no schema of "${of}"; write desired or settings`);
  const json = of === 'desired' ? authoringSchema(await loadCatalog()) : settingsSchema();
  out(`${JSON.stringify(json, null, 2)}\n`);
  return 0;
}
