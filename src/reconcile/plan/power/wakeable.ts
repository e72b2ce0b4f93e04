import type { Catalog } from '../../../model/kind/kind.ts';
import type { Memory } from '../../../model/memory.ts';
import { isExpired } from '../../../model/pass/expiry.ts';
import { isAwake } from '../../../model/pass/wake.ts';
import { positionText, type Address, type Desired } from '../../../model/resource.ts';
import { kindOf } from '../../kindOf.ts';

/** Why a declared resource cannot be woken: it has no timetable, it has expired, or nothing starts it. Undefined if it can. Pure. */
export function whyNotWakeable(
  { kinds }: Pick<Catalog, 'kinds'>,
  { address, kind, spec, lifecycle, source }: Desired,
  now: Date,
): string | undefined {
  const { power, singular } = kindOf(kinds, kind);
  if (!power) return `a ${singular} cannot be switched on and off`;
  const { field } = power;
  const value = spec[field];
  const at = positionText(source);
  if (lifecycle.onExpiry !== 'report' && isExpired(lifecycle, now))
    return `${address} (${at}) expired ${lifecycle.expires}`;
  if (value === undefined) return `${address} (${at}) declares no timetable in ${field}`;
  if (typeof value === 'string')
    return `${address} (${at}) declares ${field}: ${value}, and no timetable; change that line instead`;
  if (lifecycle.manage === 'observe')
    return `${address} (${at}) is only observed (lifecycle.manage), so nothing starts it`;
  return lifecycle.ignoreChanges.includes(field)
    ? `${address} (${at}) ignores ${field} (lifecycle.ignoreChanges), so nothing starts it`
    : undefined;
}

/** The wakes that override a declared timetable at this time. Pure. */
export function wakesInEffect(
  catalog: Pick<Catalog, 'kinds'>,
  desired: ReadonlyMap<Address, Desired>,
  wakes: Memory['wakes'],
  now: Date,
): Memory['wakes'] {
  return new Map(
    [...wakes].filter(([address, wake]) => {
      const resource = desired.get(address);
      return resource && isAwake(wake, now) && whyNotWakeable(catalog, resource, now) === undefined;
    }),
  );
}
