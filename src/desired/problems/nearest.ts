/** Longer words are not typing mistakes. */
const longest = 128;

/** The largest distance that is searched for. */
const furthest = 3;

/** The maximum number of table cells for comparing a word, to limit the work. */
export const workOf = (word: string): number => Math.min(word.length, longest) * (2 * furthest + 1);

/**
 * Finds the candidate that the word was probably meant to be: the one at the smallest distance (letters added, left
 * out, changed, or swapped with a neighbour, ignoring case). The distance must be less than half the word's length. Of
 * several, the first.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longest) return undefined;
  let best: string | undefined;
  let limit = Math.min(furthest, Math.ceil(word.length / 2) - 1);
  for (const candidate of candidates) {
    if (limit < 0 || Math.abs(word.length - candidate.length) > limit) continue;
    const distance = distanceOf(word.toLowerCase(), candidate.toLowerCase(), limit);
    if (distance > limit) continue;
    best = candidate;
    limit = distance - 1;
  }
  return best;
}

/**
 * The distance of two words, or any number above `limit` if it is larger. Only cells within `limit` of the diagonal are
 * computed.
 */
function distanceOf(a: string, b: string, limit: number): number {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: limit + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = rowOf(a, b, i, limit, last, before);
    if (row.every((cell) => cell > limit)) return limit + 1;
    [before, last] = [last, row];
  }
  return at(last, b.length);
}

function rowOf(
  a: string,
  b: string,
  i: number,
  limit: number,
  last: readonly number[],
  before: readonly number[],
): readonly number[] {
  const row: number[] = [];
  for (let j = Math.max(0, i - limit); j <= Math.min(b.length, i + limit); j++) {
    const same = a[i - 1] === b[j - 1];
    const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
    row[j] = Math.min(
      at(last, j) + 1,
      at(row, j - 1) + 1,
      at(last, j - 1) + (same ? 0 : 1),
      swapped ? at(before, j - 2) + 1 : Infinity,
    );
  }
  return row;
}

/** The value of a cell; infinite outside the computed ones. */
const at = (cells: readonly number[], i: number): number => cells[i] ?? Infinity;
