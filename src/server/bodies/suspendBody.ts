import { maxReasonLength, type Suspension } from '../../model/pass/suspension.ts';
import { timeOf } from '../../model/time/rfc3339.ts';

/** What a request says about a suspension. */
export type SuspendBody = Pick<Suspension, 'reason' | 'until'>;

const shape = `the body may hold {"reason": "TEXT", "until": "RFC 3339 time"}`;

/** Parses the body of a request to suspend. Returns the message of the refusal if it is not valid. Pure. */
export function parseSuspendBody(text: string): SuspendBody | string {
  if (text.trim() === '') return { reason: null, until: null };
  const body = fieldsOf(text);
  if (!body) return shape;
  const { reason = null, until = null, ...others } = body;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `${shape}, not "${unknown.slice(0, 50)}"`;
  if (reason !== null && !isReason(reason))
    return `reason must be a text of 1 to ${maxReasonLength} characters`;
  const time = typeof until === 'string' ? timeOf(until) : until;
  if (time !== null && typeof time !== 'string')
    return 'until must be an RFC 3339 time, such as 2027-01-31T18:00:00+01:00';
  return { reason, until: time };
}

const isReason = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= maxReasonLength;

function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
