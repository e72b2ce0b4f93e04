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

/** Estimates the seconds that requests take at a rate per second. Pure. */
export const secondsOf = (requests: number, rate: number): number =>
  Math.ceil(sendingMs(requests, rate) / 1000);

const sendingMs = (requests: number, rate: number): number => (requests * 1000) / rate;

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
  let last = 0;
  for (const [index, action] of runnable.entries()) {
    const actionLocks = locks(action);
    const ready = Math.max(
      0,
      ...comesAfter(action).map((id) => ends.get(id) ?? 0),
      ...actionLocks.map((lock) => lockEnds.get(lock) ?? 0),
    );
    const sent = sendingMs(index + 1, rate);
    const end = Math.max(sent, ready) + (durations.get(`${action.kind}:${action.verb}`) ?? 0);
    ends.set(action.id, end);
    for (const lock of actionLocks) lockEnds.set(lock, end);
    last = Math.max(last, end);
  }
  return { requests: runnable.length, seconds: Math.ceil(last / 1000) };
}
