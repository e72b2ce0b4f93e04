/**
 * A function that gives equal values back as one: a team may have a hundred thousand of them, and few that differ. Beyond `most` values
 * that differ, each stays its own.
 */
export function oneOfEach<Value>(
  keyOf: (value: Value) => unknown,
  most = Infinity,
): (value: Value) => Value {
  const known = new Map<unknown, Value>();
  return (value) => {
    const key = keyOf(value);
    const one = known.get(key);
    if (one !== undefined) return one;
    if (known.size < most) known.set(key, value);
    return value;
  };
}

/** The same for texts. */
export const oneOfEachText = (): ((text: string) => string) => oneOfEach((text) => text);
