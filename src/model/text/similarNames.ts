/**
 * Returns a key that is equal for names that people confuse, since they differ only in case, surrounding space, or
 * Unicode normalization: `Trainer-1`, `trainer-1 `, and the same name in full-width letters. To the API they are
 * different names.
 */
export const similarityKey = (name: string): string => name.normalize('NFKC').trim().toLowerCase();
