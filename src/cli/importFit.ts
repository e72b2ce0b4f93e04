import { entriesOf, type Entry, type Imported } from '../importing/entries.ts';
import { fileEntries, type Layout } from '../importing/files.ts';
import { addEntries } from '../importing/merge.ts';
import { entryAt } from '../importing/locate.ts';
import { formatProblem } from '../desired/formats.ts';
import type { Catalog } from '../model/kind.ts';
import { addressOf, type Address, type DesiredState, type Problem } from '../model/resource.ts';
import { loadConfig } from './config.ts';
import { UserError, type Context } from './context.ts';
import type { LiveTeam } from './importLook.ts';
import type { ImportResult } from './importPrint.ts';
import type { Stage } from './importStage.ts';

/** What texts are tried out with. */
export interface Fitting {
  readonly context: Context;
  readonly catalog: Catalog;
  readonly stage: Stage;
}

type Fitted = Pick<ImportResult, 'entries' | 'leftOut' | 'files'> & {
  readonly texts: ReadonlyMap<string, string>;
};

/** The texts with which the config is valid: what the loader refuses is left out, until it refuses nothing. */
export async function fitting(
  live: LiveTeam,
  kinds: readonly string[],
  layout: Layout,
  tools: Fitting,
  refused: ReadonlyMap<Address, string> = new Map(),
): Promise<Fitted> {
  const { stage, context, catalog } = tools;
  const imported = entriesOf(
    { ...live, taken: new Map([...live.taken, ...refused]) },
    kinds,
    live.members,
    live.isProtected,
  );
  const again = (more: ReadonlyMap<Address, string>): Promise<Fitted> =>
    fitting(live, kinds, layout, tools, new Map([...refused, ...more]));
  const unwritable = imported.entries.filter(
    ({ kind, name, spec }) => addEntries('', kind, { [name]: spec }) === undefined,
  );
  if (unwritable.length > 0) return again(withReason(unwritable));
  const { texts, filed } = fileEntries(imported.entries, layout, (file) => stage.before.get(file));
  await stage.tryOut(texts);
  const loaded = await loadConfig(context, catalog, stage.directory);
  if (loaded.ok) {
    const lost = lostIn(loaded.state, imported);
    if (lost.length > 0) return again(withReason(lost));
    return { ...imported, texts, files: Map.groupBy(filed, ({ file }) => file) };
  }
  const more = refusals(loaded.problems, texts, imported, stage);
  if (more.size === 0)
    throw new UserError(
      [
        ...loaded.problems.map(formatProblem),
        'with what is live the config would not be valid; nothing was written',
      ].join('\n'),
    );
  return again(more);
}

/** The entries that the config, though valid, does not declare: `<<` is no name. */
function lostIn({ resources }: DesiredState, { entries }: Imported): readonly Entry[] {
  const declared = new Set(resources.map(({ address }) => address));
  return entries.filter(({ kind, name }) => !declared.has(addressOf(kind, name)));
}

const withReason = (entries: readonly Entry[]): ReadonlyMap<Address, string> =>
  new Map(entries.map(({ kind, name }) => [addressOf(kind, name), 'YAML cannot hold it']));

/** The new entries at which the problems are, with what is wrong. */
function refusals(
  problems: readonly Problem[],
  texts: ReadonlyMap<string, string>,
  { entries }: Imported,
  { nameOf }: Stage,
): ReadonlyMap<Address, string> {
  const added = new Set(entries.map(({ kind, name }) => addressOf(kind, name)));
  const byName = new Map([...texts].map(([file, text]) => [nameOf(file), text]));
  const refused = new Map<Address, string>();
  for (const { file, line, message } of problems) {
    const at = entryAt(byName.get(file) ?? '', line);
    const address = at && addressOf(at.kind, at.name);
    if (address && added.has(address) && !refused.has(address)) refused.set(address, message);
  }
  return refused;
}
