import type { Action, ActionId } from '../../model/pass/plan.ts';
import type { Memory } from '../../model/store.ts';
import { comesAfter } from '../plan/order.ts';

/** What an estimate goes by. */
export interface Pace {
  /** Requests a second that are allowed now. */
  readonly rate: number;
  /** Milliseconds that actions took until the API had ended them, by `kind:verb`, as the history has it. */
  readonly durations: Memory['durations'];
  /** What an action works on alone: of two that share something, the later waits for the other's end. */
  readonly locks: (action: Action) => readonly string[];
}

/**
 * How many requests the actions of a plan take, and how many seconds: each is sent when its turn has come at the rate that is allowed and what it
 * requires is over, and takes as long as such actions took before. Pure. An action that was never done before takes its request alone.
 */
export function estimate(
  actions: readonly Action[],
  { rate, durations, locks }: Pace,
): { readonly requests: number; readonly seconds: number } {
  const ends = new Map<ActionId, number>();
  const free = new Map<string, number>();
  const due = actions.filter(({ held }) => held === undefined);
  const each = 1000 / rate;
  let next = 0;
  let last = 0;
  for (const action of due) {
    const own = locks(action);
    const ready = Math.max(
      0,
      ...comesAfter(action).map((id) => ends.get(id) ?? 0),
      ...own.map((lock) => free.get(lock) ?? 0),
    );
    next += each;
    const end = Math.max(next, ready) + (durations.get(`${action.kind}:${action.verb}`) ?? 0);
    ends.set(action.id, end);
    for (const lock of own) free.set(lock, end);
    last = Math.max(last, end);
  }
  return { requests: due.length, seconds: Math.ceil(last / 1000) };
}
