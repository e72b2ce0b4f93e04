import type { Places } from './tree.ts';

/** Converts offsets of a text to positions. Lines end with a line feed; a column counts UTF-16 units. */
export function placesIn(file: string, text: string): Places {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1))
    starts.push(end + 1);
  return (offset) => {
    const [line, start] = lastUpTo(starts, offset);
    return { file, line: line + 1, column: offset - start + 1 };
  };
}

/** The last of ascending numbers that is not above the limit, with its index. The first number is 0. */
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
