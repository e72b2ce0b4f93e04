import { file, type Input } from './input.ts';
import type { Random } from './random.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Makes a hostile input. */
export type Attack = (random: Random, words: Vocabulary) => Input;

/** Makes a team of one file. */
export const team = (content: string | Uint8Array): Input => [file('team.yaml', content)];

export const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** A size that is usually small and rarely large: a large input takes as long as thousands of others. */
export const sizeOf = (random: Random, large: number): number =>
  random.once(1000) ? large : 1 + random.below(100);
