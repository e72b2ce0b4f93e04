import { UnsafePathError } from '../model/files/privateFiles.ts';
import { StoreError } from '../model/store.ts';

/** What to do about a store that cannot be read as one. */
export const damaged =
  'it is damaged: restore it from a copy, or move it away (Holdfast then recognises the team by its names)';

const unwritable = 'make its directory writable, or set settings.store';
const full =
  'its disk is full or does not work: make room there; nothing goes to the team until it can be written';
const busy = 'another process has it locked; end that first';

/** By SQLite's primary result codes: those that tell of the place and not of the statement. https://sqlite.org/rescode.html */
const adviceByCode: ReadonlyMap<number, string> = new Map([
  [3, unwritable],
  [5, busy],
  [8, unwritable],
  [10, full],
  [11, damaged],
  [13, full],
  [14, unwritable],
  [26, damaged],
]);

/** Likewise, by the codes of the file system. */
const adviceByName: ReadonlyMap<string, string> = new Map([
  ...['EACCES', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EPERM', 'EROFS'].map(
    (code) => [code, unwritable] as const,
  ),
  ...['EDQUOT', 'EFBIG', 'EIO', 'ENOSPC'].map((code) => [code, full] as const),
]);

interface Coded extends Error {
  readonly code?: string;
  readonly errcode?: number;
}

/** What to do about an error of SQLite or the file system; undefined where it is the program that did something wrong. */
function adviceFor({ code = '', errcode }: Coded): string | undefined {
  // The low byte is the primary code; what is above it says more of the same.
  return errcode === undefined ? adviceByName.get(code) : adviceByCode.get(errcode % 256);
}

/** The error as a `StoreError` that says what to do, where there is anything to do; else the error itself. */
export function storeErrorOf(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const cannot = `the store ${path} cannot be used: ${error.message}`;
  if (error instanceof UnsafePathError) return new StoreError(cannot, { cause: error });
  const advice = adviceFor(error);
  return advice === undefined ? error : new StoreError(`${cannot}; ${advice}`, { cause: error });
}

/** Does something with a store, and throws what goes wrong as `storeErrorOf` has it. */
export function explained<Value>(path: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw storeErrorOf(error, path);
  }
}
