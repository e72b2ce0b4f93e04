/** Longer words are no slips of the pen. */
const longest = 128;

/**
 * The candidate that the word was probably meant to be: the one at the smallest distance (letters added, left out, changed or
 * swapped with their neighbour, whatever their case), which must be less than half of the word. The first one of several.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longest) return undefined;
  let best: string | undefined;
  let limit = Math.min(3, Math.ceil(word.length / 2) - 1);
  for (const candidate of candidates) {
    const distance = distanceOf(word.toLowerCase(), candidate.toLowerCase(), limit);
    if (distance > limit) continue;
    best = candidate;
    limit = distance - 1;
  }
  return best;
}

/** The distance of two words, or anything above `limit` where it is above it. */
function distanceOf(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = rowOf(a, b, i, last, before);
    if (Math.min(...row) > limit) return limit + 1;
    [before, last] = [last, row];
  }
  return at(last, b.length);
}

function rowOf(
  a: string,
  b: string,
  i: number,
  last: readonly number[],
  before: readonly number[],
): readonly number[] {
  const row: number[] = [];
  for (let j = 0; j <= b.length; j++) {
    const same = a[i - 1] === b[j - 1];
    const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
    row.push(
      Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + (same ? 0 : 1),
        swapped ? at(before, j - 2) + 1 : Infinity,
      ),
    );
  }
  return row;
}

/** Outside of a row nothing is near. */
const at = (cells: readonly number[], i: number): number => cells[i] ?? Infinity;
