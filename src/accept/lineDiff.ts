/** Lines that were replaced by others. */
export interface Hunk {
  /** The number of the first line in the old text, from 1. */
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** The most lines that are compared one by one. Of more, all count as replaced. */
const maxLines = 2000;

/** The lines in which two texts differ. Pure. */
export function lineDiff(before: string, after: string): readonly Hunk[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const start = commonStart(old, now);
  const end = commonStart(old.slice(start).toReversed(), now.slice(start).toReversed());
  const [from, to] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  if (from.length + to.length === 0) return [];
  return from.length > maxLines || to.length > maxLines
    ? [{ line: start + 1, removed: from, added: to }]
    : hunksOf(from, to, start + 1);
}

const commonStart = (a: readonly string[], b: readonly string[]): number => {
  const differing = a.findIndex((line, index) => line !== b[index]);
  return differing < 0 ? Math.min(a.length, b.length) : differing;
};

function hunksOf(old: readonly string[], now: readonly string[], first: number): readonly Hunk[] {
  const lengths = commonLengths(old, now);
  const lengthAt = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  const hunks: { line: number; removed: string[]; added: string[] }[] = [];
  let [i, j, isOpen] = [0, 0, false];
  while (i < old.length || j < now.length) {
    const [a, b] = [old[i], now[j]];
    if (a !== undefined && a === b) {
      [i, j, isOpen] = [i + 1, j + 1, false];
      continue;
    }
    if (!isOpen) hunks.push({ line: first + i, removed: [], added: [] });
    isOpen = true;
    const hunk = hunks.at(-1);
    if (a !== undefined && (b === undefined || lengthAt(i + 1, j) >= lengthAt(i, j + 1))) {
      hunk?.removed.push(a);
      i += 1;
    } else if (b !== undefined) {
      hunk?.added.push(b);
      j += 1;
    }
  }
  return hunks;
}

/** The lengths of the longest common subsequences of all ends of two lists. */
function commonLengths(a: readonly string[], b: readonly string[]): readonly Uint16Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const [row, next] = [rows[i], rows[i + 1]];
      if (!row || !next) continue;
      row[j] = a[i] === b[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  return rows;
}
