import { createTask, parse } from 'node-cron';
import type { Settings } from '../model/settings.ts';

/** Whether writes are allowed now; where not, from when on they are, if that is within a month. */
export type WindowState = { readonly open: true } | { readonly open: false; readonly next?: Date };

const minuteMs = 60_000;
const longestLookAhead = 31 * 24 * 60;

/** Whether one of the windows is open at that instant (INTERFACE 2.2). With no windows, writes are always allowed. */
export function windowState(
  { windows, timezone }: Pick<Settings, 'windows' | 'timezone'>,
  now: Date,
): WindowState {
  if (windows.length === 0) return { open: true };
  const isOpen = windows.some(({ cron, duration }) =>
    opensWithin(openingsOf(cron, timezone), now.getTime() - duration, now.getTime()),
  );
  if (isOpen) return { open: true };
  const next = windows
    .map(({ cron }) => nextOpening(cron, timezone, now))
    .filter((at) => at !== undefined)
    .toSorted((a, b) => a.getTime() - b.getTime())[0];
  return next ? { open: false, next } : { open: false };
}

/** Tells at which instants of a minute (milliseconds since 1970) a window opens. */
type Openings = (minute: number) => readonly number[];

const known = new Map<string, Openings>();

/** The clocks of all time zones differ by whole quarters of an hour, so most minutes need no look at the calendar. */
const quarters = [0, 15, 30, 45];

function openingsOf(cron: string, timezone: string): Openings {
  const key = `${cron}@${timezone}`;
  const openings = known.get(key) ?? createOpenings(cron, timezone);
  known.set(key, openings);
  return openings;
}

function createOpenings(cron: string, timezone: string): Openings {
  const task = createTask(cron, () => undefined, { timezone });
  void task.destroy();
  const { second, minute: minutes } = parse(cron);
  const possible = new Set(minutes.flatMap((at) => quarters.map((offset) => (at + offset) % 60)));
  return (minute) =>
    possible.has((minute / minuteMs) % 60)
      ? second.map((at) => minute + at * 1000).filter((instant) => task.match(new Date(instant)))
      : [];
}

/** Whether there is an opening after `from` and not after `to`. */
function opensWithin(openings: Openings, from: number, to: number): boolean {
  for (let minute = to - (to % minuteMs); minute > from - minuteMs; minute -= minuteMs)
    if (openings(minute).some((instant) => instant > from && instant <= to)) return true;
  return false;
}

const upcoming = new Map<string, { readonly from: Date; readonly at: Date }>();

/** Looked for minute by minute, so the answer is kept until it has come, or the clock is set back behind where it was looked for. */
function nextOpening(cron: string, timezone: string, now: Date): Date | undefined {
  const key = `${cron}@${timezone}`;
  const before = upcoming.get(key);
  if (before && before.from <= now && before.at > now) return before.at;
  const openings = openingsOf(cron, timezone);
  const start = now.getTime() - (now.getTime() % minuteMs);
  for (let index = 0; index < longestLookAhead; index += 1) {
    const at = openings(start + index * minuteMs).find((instant) => instant > now.getTime());
    if (at === undefined) continue;
    upcoming.set(key, { from: now, at: new Date(at) });
    return new Date(at);
  }
  return undefined;
}
