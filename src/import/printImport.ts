import { countOf } from '../model/text/countOf.ts';
import { escaped } from '../desired/problems/problems.ts';
import type { LeftOut } from './entries/team.ts';
import type { Entry } from './entries/entries.ts';
import { handoverLines, removedBlock } from './terraform/handoverLines.ts';
import type { Handover } from './terraform/handover.ts';
import type { SkippedField } from './skippedFields.ts';
import type { Filed } from './yaml/files.ts';
import type { Kinds } from '../model/kind/kind.ts';
import { visible } from '../model/text/visible.ts';
import type { Context } from '../setup/context.ts';

/** The result of an import. */
export interface ImportResult {
  readonly entries: readonly Entry[];
  readonly leftOut: readonly LeftOut[];
  /** The added entries, by file. */
  readonly files: ReadonlyMap<string, readonly Filed[]>;
  readonly directory: string;
  /** Whether the files are part of the config, so that the entries were bound. */
  readonly bound: boolean;
  /** Fields that were not listed because of `--without`. */
  readonly without: readonly SkippedField[];
  /** Kinds whose lists are incomplete, with the error. */
  readonly incomplete: readonly { readonly kind: string; readonly error: string }[];
  /** How Terraform lets go of the resources; undefined if they do not come from a state file. */
  readonly terraform?: Handover | undefined;
}

/** Prints the result of an import in the requested format. */
export function printImport({ options, out }: Context, result: ImportResult, kinds: Kinds): void {
  out(
    options.format === 'json'
      ? `${JSON.stringify(toJson(result), null, 2)}\n`
      : toText(result, kinds),
  );
}

const toJson = ({ entries, files, leftOut, terraform, ...rest }: ImportResult) => ({
  schema: 'holdfast/import/v1',
  ...rest,
  added: entries.map(({ kind, name, id, kept, withheld }) => ({
    kind,
    name,
    id,
    file: [...files].find(([, filed]) =>
      filed.some((entry) => entry.kind === kind && entry.name === name),
    )?.[0],
    kept,
    withheld,
  })),
  leftOut,
  ...(terraform && { terraform: { ...terraform, blocks: blocksOf(terraform) } }),
});

/** The `removed` blocks as text that can be written to a file. */
const blocksOf = ({ removed }: Handover): string =>
  removed.map((resource) => `${removedBlock(resource).join('\n')}\n`).join('\n');

function toText(
  { entries, leftOut, files, directory, bound, without, incomplete, terraform }: ImportResult,
  kinds: Kinds,
): string {
  const lines =
    entries.length === 0
      ? ['Nothing to add.']
      : [
          `Added ${countOf(entries.length, 'resource')} to ${directory}:`,
          ...[...files].map(([file, filed]) => `  ${file}: ${byKind(filed, kinds)}`),
        ];
  return `${[
    ...lines,
    ...(bound || entries.length === 0
      ? []
      : ['Not bound: this directory is not part of the config.']),
    ...paths(entries, 'kept', '{ keep: true } replaces values that the API never shows:'),
    ...paths(entries, 'withheld', 'Not written, because it may be a secret:'),
    ...titled(
      'Not listed, and not declared:',
      without.map(({ kind, field }) => `${kind}: ${field}`),
    ),
    ...titled(
      'Left out:',
      leftOut.map(
        ({ kind, name, id, field, because }) =>
          `${kind}/${escaped(name)} (${escaped(id)})${field === undefined ? '' : `, only ${field}`}: ${because}`,
      ),
    ),
    ...titled(
      'Not listed to the end, and left out:',
      incomplete.map(({ kind, error }) => `${kind}: ${error}`),
    ),
    ...(terraform ? handoverLines(terraform) : []),
  ]
    .map(visible)
    .join('\n')}\n`;
}

const titled = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];

const byKind = (filed: readonly Filed[], kinds: Kinds): string =>
  [...Map.groupBy(filed, ({ kind }) => kind)]
    .map(([kind, group]) => countOf(group.length, kinds.get(kind)?.singular ?? kind, kind))
    .join(', ');

/** One line for each kind and path, with the number of resources that have it. */
function paths(
  entries: readonly Entry[],
  property: 'kept' | 'withheld',
  title: string,
): readonly string[] {
  const lines = entries.flatMap((entry) => entry[property].map((path) => `${entry.kind}: ${path}`));
  return titled(
    title,
    [...Map.groupBy(lines, (line) => line)].map(([line, equalLines]) =>
      equalLines.length === 1 ? line : `${line} (${equalLines.length} times)`,
    ),
  );
}
