import { shown } from '../desired/problems/problems.ts';
import type { LeftOut } from './entries/selectResources.ts';
import type { Entry } from './entries/entries.ts';
import type { Filed } from './yaml/files.ts';
import { visible } from '../model/text/visible.ts';
import type { Context } from '../setup/context.ts';

/** What an import did. */
export interface ImportResult {
  readonly entries: readonly Entry[];
  readonly leftOut: readonly LeftOut[];
  /** What was added, by file. */
  readonly files: ReadonlyMap<string, readonly Filed[]>;
  readonly directory: string;
  /** Whether what was added is part of the config, and so bound. */
  readonly bound: boolean;
  /** Kinds that could not be listed to the end, and why. */
  readonly incomplete: readonly { readonly kind: string; readonly error: string }[];
}

/** Prints what an import did, in the format that was asked for. */
export function printImport({ options, out }: Context, result: ImportResult): void {
  out(options.format === 'json' ? `${JSON.stringify(toJson(result), null, 2)}\n` : toText(result));
}

const toJson = ({ entries, files, leftOut, ...rest }: ImportResult) => ({
  schema: 'holdfast/import/v1',
  ...rest,
  added: entries.map(({ kind, name, id, kept, withheld }) => ({
    kind,
    name,
    id,
    file: [...files].find(([, filed]) =>
      filed.some((one) => one.kind === kind && one.name === name),
    )?.[0],
    kept,
    withheld,
  })),
  leftOut,
});

function toText({ entries, leftOut, files, directory, bound, incomplete }: ImportResult): string {
  const lines =
    entries.length === 0
      ? ['Nothing to add.']
      : [
          `Added ${counted(entries)} to ${directory}:`,
          ...[...files].map(([file, filed]) => `  ${file}: ${byKind(filed)}`),
        ];
  return `${[
    ...lines,
    ...(bound || entries.length === 0
      ? []
      : ['Not bound: this directory is no part of the config.']),
    ...paths(entries, 'kept', '{ keep: true } stands for what the API never shows:'),
    ...paths(entries, 'withheld', 'Not written, since a secret may stand there:'),
    ...titled(
      'Left out:',
      leftOut.map(
        ({ kind, name, id, field, because }) =>
          `${kind}/${shown(name)} (${shown(id)})${field === undefined ? '' : `, ${field} alone`}: ${because}`,
      ),
    ),
    ...titled(
      'Not listed to the end, and left out:',
      incomplete.map(({ kind, error }) => `${kind}: ${error}`),
    ),
  ]
    .map(visible)
    .join('\n')}\n`;
}

const counted = (entries: readonly unknown[]): string =>
  entries.length === 1 ? '1 resource' : `${entries.length} resources`;

const titled = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];

const byKind = (filed: readonly Filed[]): string =>
  [...Map.groupBy(filed, ({ kind }) => kind)]
    .map(([kind, group]) => `${group.length} ${kind}`)
    .join(', ');

/** A line for each path of a kind, with the number of resources that have it. */
function paths(
  entries: readonly Entry[],
  which: 'kept' | 'withheld',
  title: string,
): readonly string[] {
  const all = entries.flatMap((entry) => entry[which].map((path) => `${entry.kind}: ${path}`));
  return titled(
    title,
    [...Map.groupBy(all, (line) => line)].map(([line, same]) =>
      same.length === 1 ? line : `${line} (${same.length} times)`,
    ),
  );
}
