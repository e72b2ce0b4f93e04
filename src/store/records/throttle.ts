import type { ThrottleMemory } from '../../model/api.ts';
import type { ThrottleStore } from '../../model/store.ts';
import { readMeta, setMeta } from '../meta.ts';
import type { Database } from '../schema/tables.ts';

/** Makes the part of a store that keeps what is known of the limits of the API. */
export const throttleStore = (database: Database): ThrottleStore => ({
  async throttleMemory() {
    const text = await readMeta(database, 'throttle');
    return text === undefined ? undefined : (JSON.parse(text) as ThrottleMemory);
  },
  saveThrottleMemory: (memory) => setMeta(database, 'throttle', JSON.stringify(memory)),
});
