import type { Memory } from '../model/memory.ts';

/** Reads the memory of a store, from a cache as long as the store does not change. */
export interface MemoryReader {
  /** Resolves to the memory, with the deletions of the 24 hours before `now`. */
  read(now: Date): Promise<Memory>;
  /** Invalidates the cache. To be called after every write of this process that changes the memory. */
  changed(): void;
}
