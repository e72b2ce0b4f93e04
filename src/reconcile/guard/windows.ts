import { cronClock } from '../../model/time/cronClock.ts';
import type { Settings } from '../../model/settings.ts';

/** Whether writes are allowed now; where not, from when on they are, if that is within a month. */
export type WindowState = { readonly open: true } | { readonly open: false; readonly next?: Date };

const longestLookAheadMs = 31 * 86_400_000;

/** Whether one of the windows is open at that instant (INTERFACE 2.2). With no windows, writes are always allowed. */
export function windowState(
  { windows, timezone }: Pick<Settings, 'windows' | 'timezone'>,
  now: Date,
): WindowState {
  if (windows.length === 0) return { open: true };
  const at = now.getTime();
  const openings = windows.map(({ cron, duration }) => ({
    clock: cronClock(cron, timezone),
    duration,
  }));
  if (openings.some(({ clock, duration }) => clock.last(at, at - duration) !== undefined))
    return { open: true };
  const next = openings
    .map(({ clock }) => clock.next(at, at + longestLookAheadMs))
    .filter((instant) => instant !== undefined);
  return next.length === 0 ? { open: false } : { open: false, next: new Date(Math.min(...next)) };
}
