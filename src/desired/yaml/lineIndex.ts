import type { Places } from './tree.ts';

/** Where the offsets of a text are; lines end with a line feed, and a column is a UTF-16 unit. */
export function placesIn(file: string, text: string): Places {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1))
    starts.push(end + 1);
  return (offset) => {
    const [line, start] = lastUpTo(starts, offset);
    return { file, line: line + 1, column: offset - start + 1 };
  };
}

/** The last of the ascending numbers that is not above the limit, and its index before it. The first one is 0. */
function lastUpTo(numbers: readonly number[], limit: number): readonly [number, number] {
  let [low, high, last] = [0, numbers.length, 0];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const number = numbers[middle] ?? Infinity;
    if (number <= limit) [low, last] = [middle, number];
    else high = middle - 1;
  }
  return [low, last];
}
