import { authoringSchema, settingsSchema } from '../../desired/editorSchema/documentSchema.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { reportSchema } from '../../report/schema.ts';
import { UserError, type Context } from '../../setup/context.ts';

/** What there is a schema of. */
const schemas: ReadonlyMap<string, () => object | Promise<object>> = new Map([
  ['desired', async () => authoringSchema(await loadCatalog())],
  ['settings', settingsSchema],
  ['report', reportSchema],
]);

/** `holdfast schema [desired|settings|report]`: JSON Schema, for editors and for programs that read reports. */
export async function schema({ out }: Context, { of }: { of: string }): Promise<number> {
  const make = schemas.get(of);
  if (!make)
    throw new UserError(
      `there is no schema of "${of}"; write one of ${[...schemas.keys()].join(', ')}`,
    );
  out(`${JSON.stringify(await make(), null, 2)}\n`);
  return 0;
}
