import type { Catalog } from '../src/model/kind/kind.ts';
import type { FieldSchema } from '../src/model/kind/schema.ts';
import { languageKeys, ownKeys, values } from './words.ts';

/** Words with a meaning for the loader, so that random input passes the first check. */
export interface Vocabulary {
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

/** The words of a program's kinds, and those of every config. */
export function vocabularyOf({ kinds }: Catalog): Vocabulary {
  const fields = [...kinds.values()].flatMap(({ schema }) => fieldsIn(schema));
  return {
    keys: [...new Set([...kinds.keys(), ...languageKeys, ...ownKeys, ...fields])],
    values,
  };
}

const fieldsIn = ({ properties = {} }: FieldSchema): readonly string[] =>
  Object.entries(properties).flatMap(([name, field]) => [name, ...fieldsIn(field)]);
