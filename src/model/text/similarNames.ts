/**
 * Equal for names that differ only in case, surrounding space, or Unicode normalization, so that people take one for the other:
 * `Trainer-1`, `trainer-1 ` and the same name in full-width letters. The API takes them for different names.
 */
export const nearlySame = (name: string): string => name.normalize('NFKC').trim().toLowerCase();
