import type { Address, Desired, Lifecycle } from '../resource.ts';

/** The expiry of a resource, from 48 hours before it on. */
export interface Expiry {
  /** The time as the YAML has it. */
  readonly at: string;
  readonly onExpiry: Lifecycle['onExpiry'];
  /** `near`: within 48 hours; `imminent`: within 4 hours; `over`: it has expired. */
  readonly state: 'near' | 'imminent' | 'over';
}

type Expiring = Pick<Lifecycle, 'expires' | 'onExpiry'>;

const hourMs = 3_600_000;

/** How long before the expiry it is near, and imminent, in milliseconds. */
const nearMs = 48 * hourMs;
const imminentMs = 4 * hourMs;

/** Whether a resource has expired. Pure. */
export const isExpired = ({ expires }: Pick<Lifecycle, 'expires'>, now: Date): boolean =>
  expires !== undefined && Date.parse(expires) <= now.getTime();

/** Why a resource is to be deleted though declared: it has expired. Undefined if it is not. Pure. */
export const deletedByExpiry = ({ lifecycle }: Desired, now: Date): string | undefined =>
  lifecycle.onExpiry === 'delete' && lifecycle.manage !== 'observe' && isExpired(lifecycle, now)
    ? `expired ${lifecycle.expires}`
    : undefined;

/** The expiries that are over, or within 48 hours. Pure. */
export const expiriesOf = (
  resources: readonly Desired[],
  now: Date,
): ReadonlyMap<Address, Expiry> =>
  new Map(
    resources.flatMap(({ address, lifecycle }) => {
      const expiry = expiryOf(lifecycle, now);
      return expiry ? [[address, expiry] as const] : [];
    }),
  );

function expiryOf({ expires: at, onExpiry }: Expiring, now: Date): Expiry | undefined {
  if (at === undefined) return undefined;
  const remaining = Date.parse(at) - now.getTime();
  if (remaining > nearMs) return undefined;
  const state = remaining <= 0 ? 'over' : remaining <= imminentMs ? 'imminent' : 'near';
  return { at, onExpiry, state };
}

/** The next time at which an expiry becomes near, imminent, or over; undefined if none does. Pure. */
export function nextExpiryEdge(resources: readonly Desired[], now: Date): Date | undefined {
  const edges = resources.flatMap(({ lifecycle: { expires } }) =>
    expires === undefined
      ? []
      : [nearMs, imminentMs, 0].map((before) => Date.parse(expires) - before),
  );
  const next = Math.min(...edges.filter((edge) => edge > now.getTime()));
  return next === Infinity ? undefined : new Date(next);
}

const coming = { report: '', off: '; it will be switched off', delete: '; it will be deleted' };
const over = { report: '', off: '; it stays off', delete: '; it is deleted' };

/** Describes an expiry for people. Pure. */
export function expiryText({ at, onExpiry, state }: Expiry): string {
  if (state === 'over') return `expired ${at}${over[onExpiry]}`;
  const span = state === 'imminent' ? 'within 4 hours' : 'within 2 days';
  return `expires ${at}, ${span}${coming[onExpiry]}`;
}
