/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** A whole number from 0 up to, and without, the limit. */
  below(limit: number): number;
  /** Whether something that happens once in so many times happens now. */
  once(inSoMany: number): boolean;
  one<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item;
  /** Between so many and so many of what is made. */
  some<Item>(least: number, most: number, make: () => Item): readonly Item[];
}

/** The numbers of one input: those of the inputs before it need not be made. */
export function randomOf(seed: number, input: number): Random {
  const next = mulberry32(Math.imul(seed, 0x9e3779b1) ^ Math.imul(input + 1, 0x85ebca6b));
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    once: (inSoMany) => below(inSoMany) === 0,
    one: <Item>(items: readonly Item[]): Item => {
      if (items.length === 0) throw new Error('there is nothing to choose from');
      return items[below(items.length)] as Item;
    },
    some: (least, most, make) => Array.from({ length: least + below(most - least + 1) }, make),
  };
}

/** The generator of that name: 32 bits of state, good enough to shuffle texts with. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
