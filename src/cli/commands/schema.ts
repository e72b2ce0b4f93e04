import { documentSchema, settingsSchema } from '../../desired/editorSchema/documentSchema.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { reportSchema } from '../../report/schema/report.ts';
import { UserError, type Context } from '../../setup/context.ts';

/** The schemas, by name. */
const schemas: ReadonlyMap<string, () => object | Promise<object>> = new Map([
  ['desired', async () => documentSchema(await loadCatalog())],
  ['settings', settingsSchema],
  ['report', reportSchema],
]);

/** `holdfast schema [desired|settings|report]`: prints a JSON Schema for editors and for programs that read reports. */
export async function schema({ out }: Context, { of }: { of: string }): Promise<number> {
  const createSchema = schemas.get(of);
  if (!createSchema)
    throw new UserError(
      `there is no schema of "${of}"; write one of ${[...schemas.keys()].join(', ')}`,
    );
  out(`${JSON.stringify(await createSchema(), null, 2)}\n`);
  return 0;
}
