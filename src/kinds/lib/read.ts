import { MalformedAnswer, type Json, type Reader } from '../../model/api.ts';

/**
 * Readers of answers: each takes a value of unknown type and returns one of a known type, or throws a `MalformedAnswer`. Fields that
 * nobody reads may hold anything.
 */

/** The most characters of an id. Those of the API have about ten, but addresses and tags are ids too. */
const longestId = 1000;

export const text: Reader<string> = (value) => {
  if (typeof value === 'string') return value;
  throw MalformedAnswer.of('text', value);
};

/** What identifies something: an id, a user, an address, a version. */
export const identity: Reader<string> = (value) => {
  if (typeof value === 'string' && value !== '' && value.length <= longestId) return value;
  throw MalformedAnswer.of(`an id of 1 to ${longestId} characters`, value);
};

export const flag: Reader<boolean> = (value) => {
  if (typeof value === 'boolean') return value;
  throw MalformedAnswer.of('true or false', value);
};

/** A number of something: finite, and not negative. */
export const amount: Reader<number> = (value) => {
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
  throw MalformedAnswer.of('a number from 0', value);
};

/** A number of bytes, which may be a JSON string (FACTS 5.6). */
export const bytes: Reader<number> = (value) => {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return Number(value);
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
  throw MalformedAnswer.of('a number of bytes', value);
};

/** An instant, as the text that it came as. */
export const instant: Reader<string> = (value) => {
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) && Date.parse(value))
    return value;
  throw MalformedAnswer.of('a date such as 2026-11-28T08:00:00Z', value);
};

export const object: Reader<Json> = (value) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw MalformedAnswer.of('an object', value);
};

/** The most levels of an object whose fields are not read one by one. What compares and prints it goes down level by level. */
const mostLevels = 50;

/** An object of unknown fields that is kept as it is. */
export const document: Reader<Json> = (value) => {
  const read = object(value);
  if (isWithin(read, mostLevels)) return read;
  throw MalformedAnswer.of(`an object of at most ${mostLevels} levels`, value);
};

const isWithin = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((inner) => isWithin(inner, levels - 1)));

export const listOf =
  <Value>(read: Reader<Value>): Reader<readonly Value[]> =>
  (value) => {
    if (!Array.isArray(value)) throw MalformedAnswer.of('a list', value);
    return value.map((item: unknown, index) => under(`[${index}]`, item, read));
  };

/** Null where the value is null or missing: JSON has no `undefined`, and those who write it leave out what is not set. */
export const optional =
  <Value>(read: Reader<Value>): Reader<Value | null> =>
  (value) =>
    value === null || value === undefined ? null : read(value);

/** A field of an object. */
export const field = <Value>(of: Json, name: string, read: Reader<Value>): Value =>
  under(name, of[name], read);

/** A reader of one field of an object. */
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
