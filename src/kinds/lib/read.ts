import { MalformedAnswer, type Json, type Reader } from '../../model/api.ts';

/**
 * Readers of answers. Each checks a value of unknown type and returns it with a known type, or throws a
 * `MalformedAnswer`. Fields that no reader names may hold anything.
 *
 *     const name = field(item, 'name', text);
 */

/** The greatest length of an id. The API's ids have about ten characters, but addresses and tags are ids too. */
const maxIdLength = 1000;

/** Reads a text, which may be empty. */
export const text: Reader<string> = (value) => {
  if (typeof value === 'string') return value;
  throw MalformedAnswer.of('text', value);
};

/** Reads an identifier: of a resource, a user, an address, or a version. */
export const identity: Reader<string> = (value) => {
  if (typeof value === 'string' && value !== '' && value.length <= maxIdLength) return value;
  throw MalformedAnswer.of(`an id of 1 to ${maxIdLength} characters`, value);
};

/** Reads a boolean. */
export const flag: Reader<boolean> = (value) => {
  if (typeof value === 'boolean') return value;
  throw MalformedAnswer.of('true or false', value);
};

/** Reads a finite number that is not negative. */
export const amount: Reader<number> = (value) => {
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
  throw MalformedAnswer.of('a number from 0', value);
};

/** Reads a number of bytes, which may be a JSON string (FACTS 5.6). */
export const bytes: Reader<number> = (value) => {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return Number(value);
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
  throw MalformedAnswer.of('a number of bytes', value);
};

/** Reads an instant and returns its text unchanged. */
export const instant: Reader<string> = (value) => {
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) && Date.parse(value))
    return value;
  throw MalformedAnswer.of('a date such as 2026-11-28T08:00:00Z', value);
};

/** Reads a JSON object; its fields remain unchecked. */
export const object: Reader<Json> = (value) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw MalformedAnswer.of('an object', value);
};

/** The greatest depth of an object that is read as a whole: comparison and output recurse into it. */
const maxLevels = 50;

/** Reads an object of unknown fields as a whole. */
export const document: Reader<Json> = (value) => {
  const read = object(value);
  if (isWithin(read, maxLevels)) return read;
  throw MalformedAnswer.of(`an object of at most ${maxLevels} levels`, value);
};

const isWithin = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((inner) => isWithin(inner, levels - 1)));

/** Returns a reader of a list whose items `read` reads. */
export const listOf =
  <Value>(read: Reader<Value>): Reader<readonly Value[]> =>
  (value) => {
    if (!Array.isArray(value)) throw MalformedAnswer.of('a list', value);
    return value.map((item: unknown, index) => under(`[${index}]`, item, read));
  };

/**
 * Returns a reader that accepts null and a missing value as null: JSON has no `undefined`, and the API leaves out
 * fields that are not set.
 */
export const optional =
  <Value>(read: Reader<Value>): Reader<Value | null> =>
  (value) =>
    value === null || value === undefined ? null : read(value);

/** Reads one field of an object. */
export const field = <Value>(container: Json, name: string, read: Reader<Value>): Value =>
  under(name, container[name], read);

/** Returns a reader of one field of an object. */
export const fieldOf =
  <Value>(name: string, read: Reader<Value>): Reader<Value> =>
  (value) =>
    field(object(value), name, read);

function under<Value>(step: string, value: unknown, read: Reader<Value>): Value {
  try {
    return read(value);
  } catch (error) {
    throw error instanceof MalformedAnswer ? error.under(step) : error;
  }
}
