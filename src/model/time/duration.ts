const units: ReadonlyMap<string | undefined, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** Parses a duration such as `30s`, `2m`, `1h30m`, or `500ms` to milliseconds; undefined if it is not a duration. */
export function millisecondsOf(text: string): number | undefined {
  if (text.length > 64 || !/^(\d{1,9}[a-z]{1,2})+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+)([a-z]+)/g);
  const sum = parts.reduce(
    (total, [, count, unit]) => total + Number(count) * (units.get(unit) ?? NaN),
    0,
  );
  return Number.isNaN(sum) ? undefined : sum;
}

/** A duration in milliseconds for people, to about two digits: `350 ms`, `2.1 s`, `45 s`, `12 min`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (milliseconds < 120_000) return `${Math.round(milliseconds / 1000)} s`;
  return `${Math.round(milliseconds / 60_000)} min`;
}
