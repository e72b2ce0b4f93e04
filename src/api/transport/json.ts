import type { Json } from '../../model/api.ts';

/** Whether the value is an object with fields, and neither null nor an array. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const utf8 = new TextDecoder();

/** The text that the bytes of an answer spell; what is not UTF-8 in them becomes U+FFFD. */
export const textOf = (bytes: Uint8Array): string => utf8.decode(bytes);

/** What JSON in UTF-8 says. Throws when it is none. */
export const parseJson = (bytes: Uint8Array): unknown => JSON.parse(textOf(bytes));

/** What a text says as JSON; undefined when it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
