import type { FieldChange } from '../../model/pass/plan.ts';

/** Formats a change as one line, such as `diskSize: 50 → 100`. */
export const changeText = ({ path, desired, observed }: FieldChange): string =>
  `${path}: ${observed === null ? '' : `${valueText(observed)} → `}${valueText(desired)}`;

/** Formats the field of a new resource, such as `diskSize: 100`. */
export const fieldText = ({ path, desired }: FieldChange): string =>
  `${path}: ${valueText(desired)}`;

/** The greatest number of characters of a value. */
const maxValue = 60;

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > maxValue ? `${text.slice(0, maxValue - 1)}…` : text;
}
