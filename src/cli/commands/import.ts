import { layouts, type Layout } from '../../import/yaml/files.ts';
import type { Imported } from '../../import/entries/entries.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { ApiError } from '../../model/api.ts';
import type { Catalog } from '../../model/kind/kind.ts';
import { addressOf } from '../../model/resource.ts';
import { claimTeam, verifyTeam } from '../../reconcile/observe/teamIdentity.ts';
import { openWorkspace, type OpenWorkspace } from '../../setup/team/openWorkspace.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import { UserError, type Context } from '../../setup/context.ts';
import { parseSkipped, skippedIn } from '../../import/skippedFields.ts';
import { fitConfig } from '../../import/fitConfig.ts';
import {
  candidatesOf,
  kindsIn,
  liveKeysOf,
  type Candidates,
} from '../../import/terraform/candidates.ts';
import { handoverOf } from '../../import/terraform/handover.ts';
import { readStateFile } from '../../import/terraform/readStateFile.ts';
import { observeLiveTeam, type LiveTeam } from '../../import/liveTeam.ts';
import { printImport, type ImportResult } from '../../import/printImport.ts';
import { openStage } from '../../setup/stage.ts';
import { requireFormat, printIncomplete } from '../../console/printReport.ts';

/** The flags of `holdfast import`. */
export interface ImportFlags {
  /** The file of the embedded simulated team; undefined: the real team. */
  readonly simulate: string | undefined;
  /** The output directory; undefined: the config directory. */
  readonly out: string | undefined;
  /** The kinds to import; undefined: all. */
  readonly kinds: readonly string[] | undefined;
  /** The fields to leave out; undefined: none. Not validated yet; see `parseSkipped`. */
  readonly without: readonly string[] | undefined;
  /** Not validated yet; see `layouts`. */
  readonly layout: string;
  /** The state file of Terraform whose resources are imported; undefined: all resources are. */
  readonly terraform: string | undefined;
  /** Addresses of the state file that are left with Terraform. */
  readonly skip: readonly string[];
}

/**
 * `holdfast import`: adds live resources that are not declared to the YAML, and binds them. Sends only GET requests.
 */
export async function importTeam(context: Context, flags: ImportFlags): Promise<number> {
  requireFormat(context);
  const layout = layoutOf(flags.layout);
  const catalog = await loadCatalog();
  const skipped = parseSkipped(flags.without ?? [], catalog.kinds);
  const candidates = await candidatesIn(flags, catalog);
  const kinds = candidates ? kindsIn(candidates, catalog.kinds) : kindsOf(flags.kinds, catalog);
  await using stage = await openStage(context.options.config, flags.out);
  if (candidates && !stage.isConfig) throw new UserError(notBound);
  const { state, settings } = await requireConfig(context, catalog, stage.directory);
  await using workspace = await openWorkspace(context, catalog, settings, {
    simulate: flags.simulate,
    readOnly: false,
  });
  const { clock, store } = workspace;
  const memory = await store.memory(clock.now());
  const team = await verifyTeam(workspace, memory).catch(refuseUnknownTeam);
  const only = candidates && liveKeysOf(candidates);
  const live = await observeLiveTeam(workspace, kinds, state, {
    ...settings,
    only,
    skipped,
    context,
  });
  const { texts, ...result } = await fitConfig(live, kinds, layout, { context, catalog, stage });
  const terraform = candidates && handoverOf(candidates, live, result);
  await stage.keep(texts);
  if (stage.isConfig) {
    await claimTeam(workspace, team, memory);
    await bind(workspace, result);
  }
  const incomplete = incompleteOf(live, kinds);
  printIncomplete(context, { incomplete });
  const directory = flags.out ?? context.options.config;
  const bound = stage.isConfig;
  const without = skippedIn(result.entries, skipped, catalog.kinds);
  const printed = { ...result, directory, bound, without, incomplete, terraform };
  printImport(context, printed, catalog.kinds);
  const partial = [...live.members.values()].some(({ complete }) => !complete);
  return incomplete.length > 0 || partial ? 1 : 0;
}

const notBound =
  '--terraform binds the resources, so --out must be the config directory or a directory in it';

/** The resources of the state file; undefined without one. */
async function candidatesIn(
  { terraform, skip }: ImportFlags,
  { kinds }: Catalog,
): Promise<Candidates | undefined> {
  if (terraform !== undefined) return candidatesOf(await readStateFile(terraform), skip, kinds);
  if (skip.length > 0) throw new UserError('--skip needs --terraform');
  return undefined;
}

/** Nothing may be bound to a team that is unknown. */
function refuseUnknownTeam(error: unknown): never {
  if (error instanceof ApiError)
    throw new UserError(
      `nothing was imported: the team of the API key could not be read: ${error.message}`,
    );
  throw error;
}

function layoutOf(text: string): Layout {
  const layout = layouts.find((candidate) => candidate === text);
  if (!layout) throw new UserError(`--layout ${text}: write one of ${layouts.join(', ')}`);
  return layout;
}

function kindsOf(requested: readonly string[] | undefined, { kinds }: Catalog): readonly string[] {
  const unknown = requested?.filter((name) => !kinds.has(name)) ?? [];
  if (unknown.length > 0)
    throw new UserError(
      `--kinds ${unknown.join(',')}: write some of ${[...kinds.keys()].join(', ')}`,
    );
  return [...kinds.keys()].filter((name) => requested?.includes(name) ?? true);
}

/** Binds each imported address to its live resource. */
async function bind({ store, clock }: OpenWorkspace, { entries }: Imported): Promise<void> {
  const boundAt = clock.now().toISOString();
  await store.bind(
    entries.map(({ kind, name, id, protected: isProtected }) => ({
      address: addressOf(kind, name),
      id,
      boundAt,
      created: false,
      protected: isProtected,
    })),
  );
}

/** The kinds whose lists are incomplete, with the error. */
const incompleteOf = (
  { snapshot }: LiveTeam,
  kinds: readonly string[],
): ImportResult['incomplete'] =>
  kinds.flatMap((kind) => {
    const listing = snapshot.get(kind);
    return listing && !listing.complete ? [{ kind, error: listing.error }] : [];
  });
