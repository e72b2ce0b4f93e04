import type { Memory } from '../model/store.ts';
import type { WindowState } from './windows.ts';

/**
 * When it is worth looking again before the schedule says so: a pause after a setback is over, a create whose answer was lost may be tried
 * again, the API may have what it had none of, a window opens. Undefined when nothing waits. Pure.
 */
export function nextLook(
  { setbacks, intents, shortages }: Pick<Memory, 'setbacks' | 'intents' | 'shortages'>,
  window: WindowState,
  visibility: number,
  now: Date,
): Date | undefined {
  const times = [
    ...[...setbacks.values()].map(({ retryAt }) => (retryAt === null ? 0 : Date.parse(retryAt))),
    ...[...intents.values()].map(({ at }) => Date.parse(at) + visibility),
    ...[...shortages.values()].map((until) => Date.parse(until)),
    window.open ? 0 : (window.next?.getTime() ?? 0),
  ].filter((time) => time > now.getTime());
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}
