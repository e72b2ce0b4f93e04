/** A number and its noun in the right form: `1 machine`, `2 machines`. `plural` defaults to the noun with an s. */
export const countOf = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;
