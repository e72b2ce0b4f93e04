import { acceptDrift } from '../../accept/accept.ts';
import { diffText, printAccept } from '../../accept/printAccept.ts';
import { openPlace } from '../../accept/place.ts';
import { confirm } from '../../console/confirm.ts';
import { requireFormat } from '../../console/printReport.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { parseAddress } from '../../setup/parseAddress.ts';
import { openWorkspace } from '../../setup/team/openWorkspace.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import { openStage } from '../../setup/stage.ts';
import type { Context } from '../../setup/context.ts';

/** The flags of `holdfast accept`. */
export interface AcceptFlags {
  readonly address: string;
  /** The paths of the fields to accept; none: all that differ. */
  readonly fields: readonly string[];
  /** The branch that gets the change; undefined: the file itself is changed. */
  readonly branch: string | undefined;
  /** Write without confirmation. */
  readonly yes: boolean;
  /** The file of the embedded simulated team; undefined: the real team. */
  readonly simulate: string | undefined;
}

/**
 * `holdfast accept KIND/NAME`: writes live values into the lines that declare them. Sends only GET requests to
 * Paperspace, and needs no lock on the store.
 */
export async function accept(context: Context, flags: AcceptFlags): Promise<number> {
  requireFormat(context);
  const catalog = await loadCatalog();
  const { kind, name } = parseAddress(catalog, flags.address);
  const place = await openPlace(context, catalog, flags.branch);
  await using stage = await openStage(place.directory);
  const { state, settings } = await requireConfig(context, catalog, stage.directory);
  await using workspace = await openWorkspace(context, catalog, settings, {
    simulate: flags.simulate,
    readOnly: true,
  });
  const tools = { context, catalog, workspace, settings, stage };
  const accepted = await acceptDrift(tools, { kind, name, fields: flags.fields }, state);
  if (!accepted) {
    context.err(`nothing was changed: ${kind.name}/${name} does not differ\n`);
    return 0;
  }
  await place.check(accepted);
  const show = (): void => context.out(diffText(accepted, context.paint));
  if (!flags.yes && !(await confirm('accept', context.err, show))) return 1;
  if (flags.yes && context.options.format === 'text') show();
  printAccept(context, accepted, await place.write(tools, accepted));
  return 0;
}
