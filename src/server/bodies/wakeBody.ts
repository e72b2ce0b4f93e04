import { timeOf } from '../../model/time/rfc3339.ts';

/** The end of a wake, RFC 3339; null: the present wake ends. */
export interface WakeBody {
  readonly until: string | null;
}

const shape =
  'the body must hold {"until": "RFC 3339 time"}, or {"until": null} to cancel the present wake';

/** Parses the body of a request to wake. Returns the message of the refusal if it is not valid. Pure. */
export function parseWakeBody(text: string): WakeBody | string {
  const { until, ...others } = fieldsOf(text);
  if (Object.keys(others).length > 0) return shape;
  if (until === null) return { until };
  const time = typeof until === 'string' ? timeOf(until) : undefined;
  return time === undefined ? shape : { until: time };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : {};
  } catch {
    return {};
  }
}
