import type { Intent, Memory } from '../model/memory.ts';
import type { WindowState } from './guard/windows.ts';

/** A pending resource is read again after as long as it has been pending, within these bounds, in milliseconds. */
const soonestMs = 15_000;
const latestMs = 10 * 60_000;

/** Times that the store does not hold. */
export interface Times {
  readonly window: WindowState;
  /** When a declared timetable turns next, when something expires, and when a month of budgets begins. */
  readonly edges: readonly (Date | undefined)[];
  /** Milliseconds. */
  readonly visibility: number;
}

/**
 * The next time at which a pass may do more than the last one: a back-off ends, an unknown create may be repeated, the
 * API may have capacity again, a pending resource may be ready, a suspension or a wake ends, a window opens, a
 * timetable turns, something expires, or a month of budgets begins. Undefined if nothing waits. Pure.
 */
export function nextAttemptAt(
  {
    failures,
    intents,
    memberIntents,
    shortages,
    conditions,
    suspended,
    wakes,
  }: Pick<
    Memory,
    'failures' | 'intents' | 'memberIntents' | 'shortages' | 'conditions' | 'suspended' | 'wakes'
  >,
  { window, edges, visibility }: Times,
  now: Date,
): Date | undefined {
  const times = [
    ...[...failures.values()].map(({ retryAt }) => (retryAt === null ? 0 : Date.parse(retryAt))),
    ...[...intents.values(), ...[...memberIntents.values()].flatMap(Object.values<Intent>)].map(
      ({ until }) => Date.parse(until) + visibility,
    ),
    ...[...shortages.values()].map(({ retryAt }) => Date.parse(retryAt)),
    ...[...conditions.values()].flatMap(({ status, since }) =>
      status === 'pending' ? [now.getTime() + pauseWhilePending(since, now)] : [],
    ),
    ...[...suspended.values()].map(({ until }) => (until === null ? 0 : Date.parse(until))),
    ...[...wakes.values()].map(({ until }) => Date.parse(until)),
    window.open ? 0 : (window.next?.getTime() ?? 0),
    ...edges.map((edge) => edge?.getTime() ?? 0),
  ].filter((time) => time > now.getTime());
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

const pauseWhilePending = (since: string, now: Date): number =>
  Math.min(latestMs, Math.max(soonestMs, now.getTime() - Date.parse(since)));
