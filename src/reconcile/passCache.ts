/**
 * Values that a pass computed and the next one may use again, so that a pass over an unchanged team costs little. The
 * owner of a workspace owns its cache. A value that is missing from it is computed again, with the same result: no
 * code may rely on getting the same object twice.
 */
export interface PassCache {
  /**
   * Returns the last value of this name if it was computed from the same inputs and still holds; otherwise computes it.
   * Before that, it releases the last value with its inputs, and all that was computed from it: they may be as large as
   * the team.
   *
   *     const index = cache.of('resources by address', [resources], () => indexOf(resources));
   *
   * @param inputs All that the value depends on. No input of a pass changes in place: another config, list, or memory
   *   is another object, so that comparing them by `Object.is` suffices.
   * @param holds Whether the last value still holds for the same inputs, such as until an instant. Default: always.
   */
  of<Value>(
    name: string,
    inputs: readonly unknown[],
    compute: () => Value,
    holds?: (value: Value) => boolean,
  ): Value;
}

/** A value, and all that it depends on. */
interface Entry {
  readonly inputs: readonly unknown[];
  readonly value: unknown;
}

/** Creates an empty cache, for one workspace. */
export function createPassCache(): PassCache {
  const entries = new Map<string, Entry>();
  const release = (name: string, { value }: Entry): void => {
    entries.delete(name);
    for (const [other, entry] of entries)
      if (isObject(value) && entry.inputs.includes(value)) release(other, entry);
  };
  return {
    of<Value>(
      name: string,
      inputs: readonly unknown[],
      compute: () => Value,
      holds: (value: Value) => boolean = () => true,
    ): Value {
      const last = entries.get(name);
      if (last && isSame(last.inputs, inputs) && holds(last.value as Value))
        return last.value as Value;
      if (last) release(name, last);
      const value = compute();
      entries.set(name, { inputs, value });
      return value;
    },
  };
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const isSame = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((input, index) => Object.is(input, other[index]));
