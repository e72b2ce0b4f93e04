import type { Intent, Memory } from '../model/store.ts';
import type { WindowState } from './guard/windows.ts';

/** How soon a pending resource is looked at again: after as long as it has been pending, within these bounds. */
const soonestMs = 15_000;
const latestMs = 10 * 60_000;

/** What is known of times beside the memory. */
export interface Times {
  readonly window: WindowState;
  /** When a declared timetable turns next. */
  readonly edge: Date | undefined;
  /** Milliseconds. */
  readonly visibility: number;
}

/**
 * When it is worth looking again before the schedule says so: a pause after a failure is over, a create whose answer was lost may be
 * tried again, the API may have capacity again, something pending may be ready, a window opens, a timetable turns (`edge`). Undefined
 * when nothing waits. Pure.
 */
export function nextLook(
  {
    setbacks,
    intents,
    memberIntents,
    shortages,
    conditions,
  }: Pick<Memory, 'setbacks' | 'intents' | 'memberIntents' | 'shortages' | 'conditions'>,
  { window, edge, visibility }: Times,
  now: Date,
): Date | undefined {
  const times = [
    ...[...setbacks.values()].map(({ retryAt }) => (retryAt === null ? 0 : Date.parse(retryAt))),
    ...[...intents.values(), ...[...memberIntents.values()].flatMap(Object.values<Intent>)].map(
      ({ until }) => Date.parse(until) + visibility,
    ),
    ...[...shortages.values()].map(({ retryAt }) => Date.parse(retryAt)),
    ...[...conditions.values()].flatMap(({ status, since }) =>
      status === 'pending' ? [now.getTime() + pauseWhilePending(since, now)] : [],
    ),
    window.open ? 0 : (window.next?.getTime() ?? 0),
    edge?.getTime() ?? 0,
  ].filter((time) => time > now.getTime());
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

const pauseWhilePending = (since: string, now: Date): number =>
  Math.min(latestMs, Math.max(soonestMs, now.getTime() - Date.parse(since)));
