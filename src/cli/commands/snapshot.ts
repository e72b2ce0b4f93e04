import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { countOf } from '../../model/text/countOf.ts';
import { jsonText, visible } from '../../model/text/visible.ts';
import type { TeamSnapshot } from '../../reconcile/teamSnapshot/document.ts';
import { takeSnapshot } from '../../reconcile/teamSnapshot/take.ts';
import { openWorkspace } from '../../setup/team/openWorkspace.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import { UserError, type Context } from '../../setup/context.ts';
import { printIncomplete } from '../../console/printReport.ts';
import { writeResult } from '../../console/writeResult.ts';

/**
 * `holdfast snapshot`: writes the team as observed to a file, for plans elsewhere. Sends only GET requests. An
 * incomplete snapshot is written too, with exit code 1.
 */
export async function snapshot(
  context: Context,
  { simulate, out }: { readonly simulate: string | undefined; readonly out: string },
): Promise<number> {
  const catalog = await loadCatalog();
  const { state, settings } = await requireConfig(context, catalog);
  await using workspace = await openWorkspace(context, catalog, settings, {
    simulate,
    readOnly: true,
  });
  const taken = await takeSnapshot(workspace, state, settings);
  const incomplete = taken.lists.flatMap(({ kind, error }) =>
    error === undefined ? [] : [{ kind, error }],
  );
  const [first] = incomplete;
  if (first && catalog.kinds.values().every(({ name }) => hasFailed(taken, name)))
    throw new UserError(`nothing was written, since no kind could be listed: ${first.error}`);
  await writeResult(out, 'the snapshot', `${jsonText(taken)}\n`);
  const resources = taken.lists.reduce((sum, { of, items }) => sum + (of ? 0 : items.length), 0);
  context.out(
    `${visible(out)}: ${countOf(resources, 'resource')} and template, as of ${taken.takenAt}\n`,
  );
  printIncomplete(context, { incomplete });
  return incomplete.length === 0 ? 0 : 1;
}

const hasFailed = ({ lists }: TeamSnapshot, name: string): boolean =>
  lists.some(({ kind, of, error }) => kind === name && !of && error !== undefined);
