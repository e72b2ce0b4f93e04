import type { Address } from '../resource.ts';

/** A stop of all actions, on one resource or on every resource. Times are RFC 3339. */
export interface Suspension {
  readonly at: string;
  /** Who suspended: the name of a token, or `cli:USER`; null: an earlier version did not record it. */
  readonly by: string | null;
  readonly reason: string | null;
  /** When it ends by itself; null: only a resume ends it. */
  readonly until: string | null;
}

/** The target of a suspension of every resource. */
export const everything = '*';

/** What can be suspended. */
export type SuspensionTarget = Address | typeof everything;

/** The maximum length of a reason. */
export const maxReasonLength = 500;

/** Whether a suspension still binds. Pure. */
export const isInForce = ({ until }: Pick<Suspension, 'until'>, now: Date): boolean =>
  until === null || Date.parse(until) > now.getTime();

/** The suspensions that still bind. Returns the map itself if all do. Pure. */
export function inForce(
  suspended: ReadonlyMap<SuspensionTarget, Suspension>,
  now: Date,
): ReadonlyMap<SuspensionTarget, Suspension> {
  const bind = [...suspended].filter(([, suspension]) => isInForce(suspension, now));
  return bind.length === suspended.size ? suspended : new Map(bind);
}

/** Describes a suspension for people: since when, by whom, until when, and why. */
export const suspensionText = ({ at, by, reason, until }: Suspension): string =>
  [
    `suspended since ${at}`,
    ...(by === null ? [] : [` by ${by}`]),
    ...(until === null ? [] : [` until ${until}`]),
    ...(reason === null ? [] : [`: ${reason}`]),
  ].join('');
