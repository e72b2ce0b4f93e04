/** Pseudo-random numbers: the same for the same seed. */
export interface Random {
  /** An integer in [0, `limit`). */
  below(limit: number): number;
  /** True once in `inSoMany` calls, on average. */
  once(inSoMany: number): boolean;
  one<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item;
  /** Between `least` and `most` items. */
  some<Item>(least: number, most: number, make: () => Item): readonly Item[];
}

/** The numbers of one input, independent of the inputs before it. */
export function randomOf(seed: number, input: number): Random {
  const next = mulberry32(Math.imul(seed, 0x9e3779b1) ^ Math.imul(input + 1, 0x85ebca6b));
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    once: (inSoMany) => below(inSoMany) === 0,
    one: <Item>(items: readonly Item[]): Item => {
      if (items.length === 0) throw new Error('the list is empty');
      return items[below(items.length)] as Item;
    },
    some: (least, most, make) => Array.from({ length: least + below(most - least + 1) }, make),
  };
}

/** The mulberry32 generator: 32 bits of state are enough to shuffle texts. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
