import type { Address } from '../resource.ts';

/** A machine runs until then, whatever its timetable says. Times are RFC 3339. */
export interface Wake {
  readonly at: string;
  /** Who asked for it: the name of a token, or `cli:USER`. */
  readonly by: string;
  readonly until: string;
}

/** The longest wake, in milliseconds: whatever has to run for longer belongs into the YAML. */
const longestWakeMs = 30 * 86_400_000;

/** Whether a wake has not ended. Pure. */
export const isAwake = (wake: Pick<Wake, 'until'> | undefined, now: Date): boolean =>
  wake !== undefined && Date.parse(wake.until) > now.getTime();

/** The wakes that have not ended. Returns the map itself if none has. Pure. */
export function wakesInForce(
  wakes: ReadonlyMap<Address, Wake>,
  now: Date,
): ReadonlyMap<Address, Wake> {
  const awake = [...wakes].filter(([, wake]) => isAwake(wake, now));
  return awake.length === wakes.size ? wakes : new Map(awake);
}

/** Describes a wake for people: until when, and who asked for it. */
export const wakeText = ({ by, until }: Pick<Wake, 'by' | 'until'>): string =>
  `awake until ${until} (${by})`;

/** Why a wake cannot end then; undefined if it can. */
export function wakeEndProblem(until: string, now: Date): string | undefined {
  const length = Date.parse(until) - now.getTime();
  if (length <= 0) return 'the end of a wake must be a time to come';
  return length > longestWakeMs
    ? 'a wake lasts at most 30 days; change state in the YAML instead'
    : undefined;
}
