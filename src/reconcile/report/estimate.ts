import type { Action, ActionId } from '../../model/pass/plan.ts';
import type { Memory } from '../../model/memory.ts';
import { comesAfter } from '../plan/order.ts';

/** The rates and durations of an estimate. */
export interface Pace {
  /** The request rate that is allowed now, per second. */
  readonly rate: number;
  /** The usual milliseconds from an action's request to the end of its job, by `kind:verb`, from the history. */
  readonly durations: Memory['durations'];
  /** The locks of an action: of two actions with a common lock, the later waits until the earlier has ended. */
  readonly locks: (action: Action) => readonly string[];
}

/**
 * Estimates the requests and the seconds that the unblocked actions of a plan take: one request per action at the
 * allowed rate, each after the actions it requires, and as long as its kind and verb took before. An action without
 * history takes only its request. Pure.
 */
export function estimate(
  actions: readonly Action[],
  { rate, durations, locks }: Pace,
): { readonly requests: number; readonly seconds: number } {
  const ends = new Map<ActionId, number>();
  const lockEnds = new Map<string, number>();
  const runnable = actions.filter(({ blockedReason }) => blockedReason === undefined);
  const requestMs = 1000 / rate;
  let next = 0;
  let last = 0;
  for (const action of runnable) {
    const actionLocks = locks(action);
    const ready = Math.max(
      0,
      ...comesAfter(action).map((id) => ends.get(id) ?? 0),
      ...actionLocks.map((lock) => lockEnds.get(lock) ?? 0),
    );
    next += requestMs;
    const end = Math.max(next, ready) + (durations.get(`${action.kind}:${action.verb}`) ?? 0);
    ends.set(action.id, end);
    for (const lock of actionLocks) lockEnds.set(lock, end);
    last = Math.max(last, end);
  }
  return { requests: runnable.length, seconds: Math.ceil(last / 1000) };
}
