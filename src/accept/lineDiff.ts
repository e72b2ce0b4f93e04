import { diffArrays } from 'diff';

/** Lines that were replaced by others. */
export interface Hunk {
  /** The number of the first line in the old text, from 1. */
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** The lines in which two texts differ. Pure. */
export function lineDiff(before: string, after: string): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let line = 1;
  let open: { removed: string[]; added: string[] } | undefined;
  for (const { value, removed, added } of diffArrays(before.split('\n'), after.split('\n'))) {
    if (!removed && !added) open = undefined;
    else {
      if (!open) hunks.push({ line, ...(open = { removed: [], added: [] }) });
      for (const text of value) open[removed ? 'removed' : 'added'].push(text);
    }
    if (!added) line += value.length;
  }
  return hunks;
}
