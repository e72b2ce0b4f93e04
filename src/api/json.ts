/** A JSON object of unknown fields: what an answer is until it has been looked at. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether the value is an object with fields, and neither null nor an array. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
