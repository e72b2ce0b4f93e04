import { entriesOf, type Entry, type Imported } from './entries/entries.ts';
import { fileEntries, type Layout } from './yaml/files.ts';
import { addEntries } from './yaml/merge.ts';
import { mergeOmitted } from './entries/exclusiveConflicts.ts';
import type { OmittedFields } from './entries/team.ts';
import { entryAt } from './yaml/locate.ts';
import { formatProblem } from '../desired/problems/formats.ts';
import type { Rule } from '../desired/problems/problems.ts';
import { maxYamlBytes } from '../desired/files/readConfig.ts';
import type { Catalog } from '../model/kind/kind.ts';
import { addressOf, type Address, type DesiredState, type Problem } from '../model/resource.ts';
import { loadConfig } from '../setup/loadConfig.ts';
import { UserError, type Context } from '../setup/context.ts';
import type { LiveTeam } from './liveTeam.ts';
import type { ImportResult } from './printImport.ts';
import type { Stage } from '../setup/stage.ts';

/** The tools for validating a candidate config. */
export interface Fitting {
  readonly context: Context;
  readonly catalog: Catalog;
  readonly stage: Stage;
}

type Fitted = Pick<ImportResult, 'entries' | 'leftOut' | 'files'> & {
  readonly texts: ReadonlyMap<string, string>;
};

/** The entries that the config refuses, and single fields of others, with the reasons. */
interface Refused {
  readonly entries: ReadonlyMap<Address, string>;
  readonly fields: OmittedFields;
}

const nothing: Refused = { entries: new Map(), fields: new Map() };

/**
 * The entry point of `import/`. In: the live team (liveTeam.ts), the kinds, and the layout. Out: the entries to add
 * (entries/) and the new texts of the files (yaml/), with which the config in the stage (stage.ts) is valid. Removes
 * what the loader refuses, and tries again until it refuses nothing.
 *
 * Rejects with a `UserError`, with nothing written, if the config has problems that no imported entry causes.
 * `refused`: what earlier rounds removed.
 */
export async function fitConfig(
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
  const retryWithout = ({ entries, fields }: Refused): Promise<Fitted> =>
    fitConfig(live, kinds, layout, tools, {
      entries: new Map([...refused.entries, ...entries]),
      fields: mergeOmitted(refused.fields, fields),
    });
  const unwritable = imported.entries.filter(({ kind, name, spec }) => {
    const text = addEntries('', kind, { [name]: spec });
    return text === undefined || Buffer.byteLength(text) > maxYamlBytes;
  });
  if (unwritable.length > 0) return retryWithout({ ...nothing, entries: withReason(unwritable) });
  const { texts, filed } = fileEntries(imported.entries, {
    layout,
    maxBytes: maxYamlBytes,
    textOf: (file) => stage.before.get(file),
  });
  await stage.tryOut(texts);
  const loaded = await loadConfig(context, catalog, stage.directory);
  if (loaded.ok) {
    const undeclared = undeclaredIn(loaded.state, imported);
    if (undeclared.length > 0) return retryWithout({ ...nothing, entries: withReason(undeclared) });
    return { ...imported, texts, files: Map.groupBy(filed, ({ file }) => file) };
  }
  const newlyRefused = refusals(loaded.problems, texts, imported, stage);
  if (newlyRefused.entries.size + newlyRefused.fields.size === 0)
    throw new UserError([
      ...loaded.problems.map(formatProblem),
      'with the live resources the config would not be valid; nothing was written',
    ]);
  return retryWithout(newlyRefused);
}

/** The entries that a valid config does not declare: `<<`, for example, is not a name. */
function undeclaredIn({ resources }: DesiredState, { entries }: Imported): readonly Entry[] {
  const declared = new Set(resources.map(({ address }) => address));
  return entries.filter(({ kind, name }) => !declared.has(addressOf(kind, name)));
}

const withReason = (entries: readonly Entry[]): ReadonlyMap<Address, string> =>
  new Map(entries.map(({ kind, name }) => [addressOf(kind, name), 'YAML cannot represent it']));

/** Rules about two resources: only the field that refers to the other resource is removed, not the whole entry. */
const conflictRules: ReadonlySet<string> = new Set<Rule>([
  'assigned-twice',
  'conflict',
  'other-region',
]);

/** The imported entries, or single fields of them, that the problems are about, with the messages. */
function refusals(
  problems: readonly Problem[],
  texts: ReadonlyMap<string, string>,
  { entries }: Imported,
  { nameOf }: Stage,
): Refused {
  const added = new Map(entries.map((entry) => [addressOf(entry.kind, entry.name), entry]));
  const byName = new Map([...texts].map(([file, text]) => [nameOf(file), text]));
  const refusedEntries = new Map<Address, string>();
  const fields = new Map<Address, ReadonlyMap<string, string>>();
  for (const { file, line, column, rule, message } of problems) {
    const at = entryAt(byName.get(file) ?? '', { line, column });
    const address = at && addressOf(at.kind, at.name);
    const entry = address && added.get(address);
    if (!entry) continue;
    const { field } = at;
    if (conflictRules.has(rule) && field !== undefined && field in entry.spec)
      fields.set(address, new Map([[field, message], ...(fields.get(address) ?? [])]));
    else if (!refusedEntries.has(address)) refusedEntries.set(address, message);
  }
  return { entries: refusedEntries, fields };
}
