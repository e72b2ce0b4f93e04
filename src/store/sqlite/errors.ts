import { UnsafePathError } from '../../model/files/privateFiles.ts';
import { StoreError } from '../../model/store.ts';

/** The advice for a store file that is no valid database. */
export const damaged =
  'it is damaged: restore it from a copy, or move it away (Holdfast then recognises the team by its names)';

const unwritable = 'make its directory writable, or set settings.store';
const full =
  'its disk is full or does not work: make room there; nothing is sent to the team until the store can be written';
const busy = 'another process has it locked; end that first';

/** The advice by SQLite's primary result code, for errors of the file or the disk. https://sqlite.org/rescode.html */
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

/** The advice by error code of the file system. */
const adviceByName: ReadonlyMap<string, string> = new Map([
  ...['EACCES', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EPERM', 'EROFS'].map(
    (code) => [code, unwritable] as const,
  ),
  ...['EDQUOT', 'EFBIG', 'EIO', 'ENOSPC'].map((code) => [code, full] as const),
]);

interface CodedError extends Error {
  readonly code?: string;
  readonly errcode?: number;
}

/** The advice for an error of SQLite or the file system; undefined if the error is a bug of the program. */
function adviceFor({ code = '', errcode }: CodedError): string | undefined {
  // The low byte is the primary code; the upper bytes hold details.
  return errcode === undefined ? adviceByName.get(code) : adviceByCode.get(errcode % 256);
}

/** The error as a `StoreError` that says what to do; the error itself if there is no advice for it. */
export function storeErrorOf(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const message = `the store ${path} cannot be used: ${error.message}`;
  if (error instanceof UnsafePathError) return new StoreError(message, { cause: error });
  const advice = adviceFor(error);
  return advice === undefined ? error : new StoreError(`${message}; ${advice}`, { cause: error });
}

/** Runs `work`, and throws its error as `storeErrorOf` converts it. */
export function withAdvice<Value>(path: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw storeErrorOf(error, path);
  }
}
