import type { Acceptance } from './request.ts';
import { lineDiff, type Hunk } from './lineDiff.ts';
import { jsonText, visible } from '../model/text/visible.ts';
import type { Context } from '../setup/context.ts';

/** Where the change went, beyond the file. */
export interface Published {
  readonly branch: string;
  readonly commit: string;
  /** The URL of the pull request; null: there is none. */
  readonly pullRequest: string | null;
}

/** Prints what was done. */
export function printAccept(
  { options, out }: Pick<Context, 'options' | 'out'>,
  acceptance: Acceptance,
  published?: Published,
): void {
  if (options.format === 'json') {
    const { desired, changes, file, revision } = acceptance;
    const { kind, name } = desired;
    const schema = 'holdfast/accept/v1';
    const done = { schema, kind, name, file, changes, revision, published: published ?? null };
    out(`${jsonText(done, 2)}\n`);
    return;
  }
  const { desired, changes, file } = acceptance;
  const lines = [
    `Accepted ${desired.address}: ${changes.map(({ path }) => path).join(', ')} (${file})`,
    ...(published ? [`Pushed the branch ${published.branch}`] : []),
    ...(published?.pullRequest == null ? [] : [published.pullRequest]),
  ];
  out(lines.map((line) => `${visible(line)}\n`).join(''));
}

/** The changed lines of the file, as they were and as they become. */
export function diffText(
  { file, before, after }: Pick<Acceptance, 'file' | 'before' | 'after'>,
  paint: Context['paint'],
): string {
  const lines = lineDiff(before, after).flatMap((hunk) => [
    paint('dim', visible(`${file}:${hunk.line}`)),
    ...hunkLines(hunk).map(({ sign, line }) =>
      paint(sign === '-' ? 'red' : 'green', `${sign}${visible(line)}`),
    ),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

interface SignedLine {
  readonly sign: '-' | '+';
  readonly line: string;
}

function hunkLines({ removed, added }: Hunk): readonly SignedLine[] {
  const isPaired = removed.length === added.length;
  const shown = (lines: readonly string[], others: readonly string[]) =>
    lines.map((line, index) => (isPaired ? onlyChange(line, others[index] ?? '') : line));
  return [
    ...shown(removed, added).map((line) => ({ sign: '-', line }) as const),
    ...shown(added, removed).map((line) => ({ sign: '+', line }) as const),
  ];
}

/**
 * A line with braces may hold other values, which may be confidential: only the entry that differs is shown.
 */
function onlyChange(line: string, other: string): string {
  if (!(line + other).includes('{')) return line.trimEnd();
  const limit = Math.min(line.length, other.length);
  let start = 0;
  while (start < limit && line[start] === other[start]) start += 1;
  let end = 0;
  while (end < limit - start && line.at(-1 - end) === other.at(-1 - end)) end += 1;
  const from = entryStart(line, start);
  const rest = /[,}\]]/.exec(line.slice(line.length - end));
  const to = line.length - end + (rest?.index ?? end);
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  return `${indent}${from > indent.length ? '… ' : ''}${line.slice(from, to).trim()}${to < line.length ? ' …' : ''}`;
}

/** The start of the entry around an offset: behind the delimiter before its key. */
function entryStart(line: string, offset: number): number {
  let from = offset + 1;
  do {
    const head = line.slice(0, Math.max(0, from - 1));
    from = Math.max(...['{', '[', ','].map((sign) => head.lastIndexOf(sign))) + 1;
  } while (from > 0 && !line.slice(from, offset).includes(':'));
  return from;
}
