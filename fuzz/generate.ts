import type { Catalog } from '../src/model/kind.ts';
import { corpusOf } from './corpus.ts';
import { attacks } from './hostile.ts';
import type { Input } from './input.ts';
import { mutated } from './mutate.ts';
import { randomOf } from './random.ts';
import { vocabularyOf } from './vocabulary.ts';

/** Makes the inputs of a seed; each by its number alone. Half of them are real files that were changed. */
export function generatorOf(catalog: Catalog, seed: number): (number: number) => Input {
  const corpus = corpusOf(catalog);
  const words = vocabularyOf(catalog);
  return (number) => {
    const random = randomOf(seed, number);
    if (random.once(2)) return random.one(attacks)(random, words);
    return mutated(random.one(corpus), random.one(corpus), random, words);
  };
}
