import type { Json } from '../../model/api.ts';

/** Whether the value is a JSON object, not null and not an array. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const utf8 = new TextDecoder();

/** Decodes the bytes of an answer; invalid UTF-8 becomes U+FFFD. */
export const textOf = (bytes: Uint8Array): string => utf8.decode(bytes);

/** Parses JSON in UTF-8. Throws if it is malformed. */
export const parseJson = (bytes: Uint8Array): unknown => JSON.parse(textOf(bytes));

/** Parses a text as JSON; undefined if it is malformed. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
