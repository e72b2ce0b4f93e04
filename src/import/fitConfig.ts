import { entriesOf, type Entry, type Imported } from './entries/entries.ts';
import { fileEntries, type Layout } from './yaml/files.ts';
import { addEntries } from './yaml/merge.ts';
import { joined, type Without } from './entries/exclusiveConflicts.ts';
import { entryAt } from './yaml/locate.ts';
import { formatProblem } from '../desired/problems/formats.ts';
import type { Rule } from '../desired/problems/problems.ts';
import { maxYamlBytes } from '../desired/files/readConfig.ts';
import type { Catalog } from '../model/kind.ts';
import { addressOf, type Address, type DesiredState, type Problem } from '../model/resource.ts';
import { loadConfig } from '../setup/loadConfig.ts';
import { UserError, type Context } from '../setup/context.ts';
import type { LiveTeam } from './liveTeam.ts';
import type { ImportResult } from './printImport.ts';
import type { Stage } from './stage.ts';

/** What texts are tried out with. */
export interface Fitting {
  readonly context: Context;
  readonly catalog: Catalog;
  readonly stage: Stage;
}

type Fitted = Pick<ImportResult, 'entries' | 'leftOut' | 'files'> & {
  readonly texts: ReadonlyMap<string, string>;
};

/** What the config does not take: whole entries, and fields of them. */
interface Refused {
  readonly entries: ReadonlyMap<Address, string>;
  readonly fields: Without;
}

const nothing: Refused = { entries: new Map(), fields: new Map() };

/** The texts with which the config is valid: what the loader refuses is left out, until it refuses nothing. */
export async function fitting(
  live: LiveTeam,
  kinds: readonly string[],
  layout: Layout,
  tools: Fitting,
  refused: Refused = nothing,
): Promise<Fitted> {
  const { stage, context, catalog } = tools;
  const imported = entriesOf(
    { ...live, taken: new Map([...live.taken, ...refused.entries]), without: refused.fields },
    kinds,
    live.members,
    live.isProtected,
  );
  const again = ({ entries, fields }: Refused): Promise<Fitted> =>
    fitting(live, kinds, layout, tools, {
      entries: new Map([...refused.entries, ...entries]),
      fields: joined(refused.fields, fields),
    });
  const unwritable = imported.entries.filter(({ kind, name, spec }) => {
    const text = addEntries('', kind, { [name]: spec });
    return text === undefined || Buffer.byteLength(text) > maxYamlBytes;
  });
  if (unwritable.length > 0) return again({ ...nothing, entries: withReason(unwritable) });
  const { texts, filed } = fileEntries(imported.entries, {
    layout,
    maxBytes: maxYamlBytes,
    textOf: (file) => stage.before.get(file),
  });
  await stage.tryOut(texts);
  const loaded = await loadConfig(context, catalog, stage.directory);
  if (loaded.ok) {
    const lost = lostIn(loaded.state, imported);
    if (lost.length > 0) return again({ ...nothing, entries: withReason(lost) });
    return { ...imported, texts, files: Map.groupBy(filed, ({ file }) => file) };
  }
  const more = refusals(loaded.problems, texts, imported, stage);
  if (more.entries.size + more.fields.size === 0)
    throw new UserError([
      ...loaded.problems.map(formatProblem),
      'with what is live the config would not be valid; nothing was written',
    ]);
  return again(more);
}

/** The entries that the config, though valid, does not declare: `<<` is no name. */
function lostIn({ resources }: DesiredState, { entries }: Imported): readonly Entry[] {
  const declared = new Set(resources.map(({ address }) => address));
  return entries.filter(({ kind, name }) => !declared.has(addressOf(kind, name)));
}

const withReason = (entries: readonly Entry[]): ReadonlyMap<Address, string> =>
  new Map(entries.map(({ kind, name }) => [addressOf(kind, name), 'YAML cannot hold it']));

/** The rules that resources break together: what breaks one is the field that names the other resource, and not the rest. */
const clashes: ReadonlySet<string> = new Set<Rule>(['assigned-twice', 'conflict', 'other-region']);

/** The new entries, or of two that clash the fields of the new one, at which the problems are, with what is wrong. */
function refusals(
  problems: readonly Problem[],
  texts: ReadonlyMap<string, string>,
  { entries }: Imported,
  { nameOf }: Stage,
): Refused {
  const added = new Map(entries.map((entry) => [addressOf(entry.kind, entry.name), entry]));
  const byName = new Map([...texts].map(([file, text]) => [nameOf(file), text]));
  const refused = new Map<Address, string>();
  const fields = new Map<Address, ReadonlyMap<string, string>>();
  for (const { file, line, column, rule, message } of problems) {
    const at = entryAt(byName.get(file) ?? '', { line, column });
    const address = at && addressOf(at.kind, at.name);
    const entry = address && added.get(address);
    if (!entry) continue;
    const { field } = at;
    if (clashes.has(rule) && field !== undefined && field in entry.spec)
      fields.set(address, new Map([[field, message], ...(fields.get(address) ?? [])]));
    else if (!refused.has(address)) refused.set(address, message);
  }
  return { entries: refused, fields };
}
