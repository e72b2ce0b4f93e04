import type { Memory } from '../model/memory.ts';
import { inForce } from '../model/pass/suspension.ts';
import { wakesInForce } from '../model/pass/wake.ts';

/** Reads the memory of a store, from a cache as long as the store does not change. */
export interface MemoryReader {
  /** Resolves to the memory, with the deletions of the 24 hours before `now`, and what has not ended then. */
  read(now: Date): Promise<Memory>;
  /** Invalidates the cache. To be called after every write of this process that changes the memory. */
  changed(): void;
}

/** The part of the memory that does not depend on the time of reading, with ended suspensions and wakes. */
export type StoredMemory = Omit<Memory, 'deletions'>;

/** The reads that a reader is made of. */
export interface MemoryReads {
  /** Reads a value that differs after another process has written. */
  changeToken(): Promise<string>;
  /** Reads one state of the store: all of a write that happens meanwhile, or nothing of it. */
  stored(): Promise<StoredMemory>;
  /** Reads the times of the deletions in the 24 hours before `now`. */
  deletions(now: Date): Promise<Memory['deletions']>;
}

/**
 * Makes a reader. What was read while this process wrote is not cached: the write may have come too late for it, and
 * does not change the token.
 */
export function createMemoryReader(reads: MemoryReads): MemoryReader {
  let cached: { readonly token: string; readonly memory: StoredMemory } | undefined;
  let changes = 0;
  const readStored = async (): Promise<StoredMemory> => {
    const token = await reads.changeToken();
    if (cached?.token === token) return cached.memory;
    const changesBefore = changes;
    const memory = await reads.stored();
    if (changes === changesBefore) cached = { token, memory };
    return memory;
  };
  return {
    async read(now) {
      const memory = await readStored();
      return {
        ...memory,
        suspended: inForce(memory.suspended, now),
        wakes: wakesInForce(memory.wakes, now),
        deletions: await reads.deletions(now),
      };
    },
    changed() {
      changes += 1;
      cached = undefined;
    },
  };
}
