/**
 * Returns the code of a region, in whatever form the API names it: `East Coast (NY2)` and `NY2` become `ny2` (FACTS
 * 5.5: the last token in parentheses, in lower case).
 */
export function regionCode(label: string): string {
  const cached = codes.get(label);
  if (cached !== undefined) return cached;
  const code = (/\(([^()]*)\)[^()]*$/.exec(label)?.[1] ?? label).trim().toLowerCase();
  if (codes.size < maxLabels) codes.set(label, code);
  return code;
}

/** Codes by label: the machines of a region share one text. `machines.ts` has the figure. */
const codes = new Map<string, string>();
const maxLabels = 100;

const bytesPerGigabyte = 1024 ** 3;

/**
 * Converts bytes of an answer, which may be a JSON string, to GB with two decimals. For usage, not for requested sizes.
 */
export const usedGigabytes = (bytes: number | string): number =>
  Math.round((Number(bytes) / bytesPerGigabyte) * 100) / 100;

/**
 * Converts bytes of an answer, which may be a JSON string, to GB. A size within 5 % of one of `steps` becomes that
 * step, since the API's size may deviate a little from the requested one (FACTS 5.6).
 */
export function gigabytes(bytes: number | string, steps: readonly number[] = []): number {
  const size = Math.round(Number(bytes) / bytesPerGigabyte);
  return steps.find((step) => Math.abs(size - step) <= step * 0.05) ?? size;
}
