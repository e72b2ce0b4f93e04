/**
 * Returns an interner: a function that maps equal values to one object, to save memory. A team may have a hundred
 * thousand values of which few differ. After `maxValues` different values, further ones are returned as they are.
 */
export function interner<Value>(
  keyOf: (value: Value) => unknown,
  maxValues = Infinity,
): (value: Value) => Value {
  const interned = new Map<unknown, Value>();
  return (value) => {
    const key = keyOf(value);
    const first = interned.get(key);
    if (first !== undefined) return first;
    if (interned.size < maxValues) interned.set(key, value);
    return value;
  };
}

/** Returns an interner for texts. */
export const textInterner = (): ((text: string) => string) => interner((text) => text);
