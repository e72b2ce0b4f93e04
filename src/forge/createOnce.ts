import type { Clock } from '../model/time/clock.ts';
import { ForgeError } from './forge.ts';

/** The pauses in milliseconds before the list is read again after a create that had no certain result. */
const looksAfterMs = [1000, 3000, 8000];

/**
 * Creates something, and never twice: if the result is uncertain, it looks for it instead. Rejects with the error of
 * the create if it does not appear; the next call then finds it.
 */
export async function createOnce(
  create: () => Promise<void>,
  exists: () => Promise<boolean>,
  clock: Clock,
): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof ForgeError) || error.verdict !== 'uncertain') throw error;
    for (const pause of looksAfterMs) {
      await clock.sleep(pause);
      if (await exists()) return;
    }
    throw error;
  }
}
