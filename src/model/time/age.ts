import { countOf } from '../text/countOf.ts';

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** An age in seconds for people, rounded down to its greatest unit: `3 hours`. */
export function ageText(seconds: number): string {
  const unit = units.find(([, length]) => seconds >= length);
  return unit ? countOf(Math.floor(seconds / unit[1]), unit[0]) : 'less than a minute';
}
