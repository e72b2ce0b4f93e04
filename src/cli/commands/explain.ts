import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { nearest } from '../../desired/problems/nearest.ts';
import type { ResourceKind } from '../../model/kind/kind.ts';
import type { Report } from '../../model/pass/report.ts';
import type { Observed } from '../../model/resource.ts';
import type { Listing } from '../../model/pass/snapshot.ts';
import { observe } from '../../reconcile/observe/observe.ts';
import type { Prepared } from '../../reconcile/workspace.ts';
import { explanationText } from '../../report/explanationText.ts';
import { parseAddress } from '../../setup/parseAddress.ts';
import { openTeam } from '../../setup/team/openTeam.ts';
import { UserError, type Context } from '../../setup/context.ts';
import { explanationOf } from '../../explain/explanation.ts';
import { requireFormat } from '../../console/printReport.ts';

/**
 * `holdfast explain KIND/NAME`: prints everything known about one resource. Sends only GET requests, and writes
 * nothing.
 */
export async function explain(
  context: Context,
  { address, simulate }: { address: string; simulate: string | undefined },
): Promise<number> {
  requireFormat(context);
  const catalog = await loadCatalog();
  const { kind, name } = parseAddress(catalog, address);
  await using team = await openTeam(context, catalog, simulate);
  const { workspace, prepared, report } = team;
  const listing =
    prepared.snapshot.get(kind.name) ?? (await observe(workspace, [kind.name])).get(kind.name);
  const live = liveAt(listing, report, kind.name, name);
  if (!live && !isKnown(prepared, report, kind.name, name))
    throw unknownResource(kind, name, listing, report);
  const explanation = await explanationOf(workspace, { kind, name, prepared, report, live });
  context.out(
    context.options.format === 'json'
      ? `${JSON.stringify(explanation, null, 2)}\n`
      : explanationText(explanation, context.paint),
  );
  return 0;
}

const hint = (word: string | undefined): string =>
  word === undefined ? '' : `; did you mean ${word}?`;

/** The live resource: by the id in the report, otherwise the first with the name. */
function liveAt(
  listing: Listing | undefined,
  { resources }: Report,
  kind: string,
  name: string,
): Observed | undefined {
  const reported = resources.find((resource) => resource.kind === kind && resource.name === name);
  if (reported) return reported.id === null ? undefined : listing?.byId.get(reported.id);
  return listing?.items.find((item) => item.name === name);
}

const isKnown = (
  { state, memory }: Prepared,
  { resources }: Report,
  kind: string,
  name: string,
): boolean =>
  resources.some((resource) => resource.kind === kind && resource.name === name) ||
  state.absent.some((resource) => resource.kind === kind && resource.name === name) ||
  memory.bindings.has(`${kind}/${name}`);

function unknownResource(
  { name: kind, singular }: ResourceKind,
  name: string,
  listing: Listing | undefined,
  { resources }: Report,
): UserError {
  const names = [
    ...resources.filter((resource) => resource.kind === kind).map((resource) => resource.name),
    ...(listing?.items ?? []).map((item) => item.name),
  ];
  const similarName = nearest(name, names);
  const unsure =
    listing?.complete === false ? ` (they could not all be listed: ${listing.error})` : '';
  return new UserError(
    `there is no ${singular} "${name}", neither declared nor live${unsure}${hint(similarName && `${kind}/${similarName}`)}`,
  );
}
