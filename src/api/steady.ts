import type { Clock } from '../model/clock.ts';

/**
 * Milliseconds that never go back. When the clock is set back they stand still for an instant and go on from there, so what is
 * measured by them lasts longer than it seems, and never less. (A clock set forward is believed: it may end a wait early.)
 */
export function steadyTime(clock: Clock): () => number {
  let last = -Infinity;
  let ahead = 0;
  return () => {
    const read = clock.now().getTime();
    ahead = Math.max(ahead, last - read);
    last = read + ahead;
    return last;
  };
}
