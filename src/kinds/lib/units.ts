/**
 * The code of a region, whatever form the API answers in: `East Coast (NY2)` and `NY2` are `ny2` (FACTS 5.5: the last
 * bracketed token, lower-cased).
 */
export function regionCode(label: string): string {
  const known = codes.get(label);
  if (known !== undefined) return known;
  const code = (/\(([^()]*)\)[^()]*$/.exec(label)?.[1] ?? label).trim().toLowerCase();
  if (codes.size < mostLabels) codes.set(label, code);
  return code;
}

/** There are three regions; a listing of thousands of machines spells each the same way every time. */
const codes = new Map<string, string>();
const mostLabels = 100;

const bytesPerGigabyte = 1024 ** 3;

/** Gigabytes with two decimals, for what is used and not asked for: bytes of an answer, which may be a JSON string. */
export const usedGigabytes = (bytes: number | string): number =>
  Math.round((Number(bytes) / bytesPerGigabyte) * 100) / 100;

/**
 * Gigabytes from the bytes of an answer, which may be a JSON string. The step of `steps` within 5 % is meant, since the API
 * may deviate a little from the size that was asked for (FACTS 5.6).
 */
export function gigabytes(bytes: number | string, steps: readonly number[] = []): number {
  const size = Math.round(Number(bytes) / bytesPerGigabyte);
  return steps.find((step) => Math.abs(size - step) <= step * 0.05) ?? size;
}
