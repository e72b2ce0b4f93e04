import { cronClock } from '../../model/time/cronClock.ts';
import type { Settings } from '../../model/settings.ts';

/** Whether writes are allowed now, and if not, the next opening, if it is within 31 days. */
export type WindowState = { readonly open: true } | { readonly open: false; readonly next?: Date };

const lookAheadMs = 31 * 86_400_000;

/** Whether a window is open at `now` (INTERFACE 2.2). Without windows, writes are always allowed. Pure. */
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
    .map(({ clock }) => clock.next(at, at + lookAheadMs))
    .filter((instant) => instant !== undefined);
  return next.length === 0 ? { open: false } : { open: false, next: new Date(Math.min(...next)) };
}
