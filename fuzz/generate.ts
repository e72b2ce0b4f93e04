import type { Catalog } from '../src/model/kind/kind.ts';
import { corpusOf } from './corpus.ts';
import { argumentsInput } from './arguments.ts';
import { attacks } from './hostile.ts';
import type { Input } from './input.ts';
import { mutated } from './mutate.ts';
import { randomOf } from './random.ts';
import { settingsInput } from './settings.ts';
import { vocabularyOf } from './vocabulary.ts';

/** The subjects of inputs: whole configs, settings with environment variables, or command lines. */
export const subjects = ['configs', 'settings', 'arguments'] as const;
export type Subject = (typeof subjects)[number];

/** Generates the inputs of a seed. Each depends only on its number. Half of the configs are mutated real files. */
export function generatorOf(
  catalog: Catalog,
  seed: number,
  subject: Subject = 'configs',
): (number: number) => Input {
  if (subject === 'settings') return (number) => settingsInput(randomOf(seed, number));
  if (subject === 'arguments') return (number) => argumentsInput(randomOf(seed, number));
  const corpus = corpusOf(catalog);
  const words = vocabularyOf(catalog);
  return (number) => {
    const random = randomOf(seed, number);
    if (random.once(2)) return random.one(attacks)(random, words);
    return mutated(random.one(corpus), random.one(corpus), random, words);
  };
}
