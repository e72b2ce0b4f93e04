import { constants, type Stats } from 'node:fs';
import { lstat, open, readlink, realpath, stat, type FileHandle } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';

/** Limits on the files that may be read. */
export interface ReadLimits {
  /** The greatest size in bytes. A larger file is refused before any byte is read. */
  readonly maxBytes: number;
  /** The directory, without links, that must contain the file once the links of its path are resolved. Default: any. */
  readonly within?: string | undefined;
  /** Files that are refused under all of their names, such as the file of the API key. Default: none. */
  readonly except?: readonly string[];
  /** Says why the opened file is not trusted: a predicate for its name. Default: it is. */
  readonly distrust?: (opened: Stats) => string | undefined;
}

/** Why a file was not read. The message is a predicate for the file's name: `does not exist`. */
export class FileError extends Error {
  override readonly name = 'FileError';
  /** The system's code, such as `ENOENT`, or `OUTSIDE`, `IRREGULAR`, `TOO_LARGE`, `OWN_KEY`, `UNTRUSTED`, or `REPLACED`. */
  readonly code: string;

  constructor(message: string, code: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * Reads a regular file of at most `maxBytes`. All checks are made on the opened file, so a file that is replaced after
 * a check is not read. Never reads more than the size that the file had when it was opened: files of size 0 whose
 * content the kernel generates (`/proc/self/environ`) are empty. Never waits for the writer of a pipe. Rejects with a
 * `FileError`.
 */
export async function readBounded(path: string, limits: ReadLimits): Promise<Uint8Array> {
  await using file = await openBounded(path, limits);
  try {
    const { size } = await file.stat();
    if (size > limits.maxBytes) throw tooLarge(limits);
    return await firstBytes(file, size);
  } catch (error) {
    throw failure(error);
  }
}

/**
 * Opens a file that `readBounded` would read, for a program that reads it by its descriptor. The caller closes it.
 * Rejects with a `FileError`.
 */
export async function openBounded(path: string, limits: ReadLimits): Promise<FileHandle> {
  const { within } = limits;
  let file: FileHandle | undefined;
  try {
    const real = within === undefined ? path : await realpath(path);
    if (within !== undefined && !isWithin(within, real)) throw outside();
    file = await open(real, within === undefined ? flags : flags | constants.O_NOFOLLOW);
    await check(file, real, limits);
    return file;
  } catch (error) {
    await file?.close();
    throw failure(error);
  }
}

/** With these flags, `open` does not wait for a pipe without a writer or for a terminal. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

async function check(file: FileHandle, real: string, limits: ReadLimits): Promise<void> {
  const opened = await file.stat();
  if (!opened.isFile()) throw new FileError('is not a regular file', 'IRREGULAR');
  if (opened.size > limits.maxBytes) throw tooLarge(limits);
  if (await isAmong(opened, limits.except ?? [])) throw ownKey();
  const distrust = limits.distrust?.(opened);
  if (distrust !== undefined) throw new FileError(distrust, 'UNTRUSTED');
  if (limits.within === undefined) return;
  const openedPath = await openedPathOf(file, opened, real);
  if (openedPath === undefined) throw new FileError('was replaced while it was read', 'REPLACED');
  if (!isWithin(limits.within, openedPath)) throw outside();
}

/** Whether a path leads to one of these files, under any of its names. */
export async function isOneOf(path: string, files: readonly string[]): Promise<boolean> {
  const file = files.length > 0 && (await stat(path).catch(() => undefined));
  return file ? isAmong(file, files) : false;
}

async function isAmong(file: Stats, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if (isSame(file, await stat(path).catch(() => undefined))) return true;
  return false;
}

/**
 * The path of an opened file: from the system if it can say so (Linux), otherwise its name, if that still leads to the
 * file.
 */
async function openedPathOf(
  { fd }: FileHandle,
  opened: Stats,
  real: string,
): Promise<string | undefined> {
  const systemPath = await readlink(`/proc/self/fd/${fd}`).catch(() => undefined);
  if (systemPath !== undefined) return systemPath;
  const openedPath = await realpath(real);
  return isSame(opened, await lstat(openedPath)) ? openedPath : undefined;
}

const isSame = ({ dev, ino }: Stats, second: Stats | undefined): boolean =>
  dev === second?.dev && ino === second.ino;

async function firstBytes(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(size);
  let length = 0;
  for (let isAtEnd = false; !isAtEnd && length < size;) {
    const { bytesRead } = await file.read(bytes, length, size - length, length);
    length += bytesRead;
    isAtEnd = bytesRead === 0;
  }
  return bytes.subarray(0, length);
}

const outside = (): FileError =>
  new FileError('is outside the directory that it must be in', 'OUTSIDE');

const tooLarge = ({ maxBytes }: ReadLimits): FileError =>
  new FileError(`is larger than ${maxBytes} bytes`, 'TOO_LARGE');

const ownKey = (): FileError => new FileError('holds a credential of Holdfast', 'OWN_KEY');

const failure = (error: unknown): FileError =>
  error instanceof FileError ? error : new FileError(reasonOf(error), codeOf(error), error);

/** Says why a file or directory could not be read: a predicate for its name. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return reasons.get(code) ?? `cannot be read (${code})`;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['ENOTDIR', 'is not a directory'],
  ['EISDIR', 'is not a regular file'],
  ['ENXIO', 'is not a regular file'],
  ['EACCES', 'cannot be read: permission denied'],
  ['EPERM', 'cannot be read: permission denied'],
  ['ELOOP', 'is a link that leads back to itself'],
  ['ENAMETOOLONG', 'has too long a name'],
  ['ERR_INVALID_ARG_VALUE', 'has a name that no file can have'],
  ['ERR_ENCODING_INVALID_ENCODED_DATA', 'is not UTF-8'],
]);

/** Whether a path is the directory itself or below it. Both must be absolute and without links. */
export function isWithin(directory: string, path: string): boolean {
  const relativePath = relative(directory, path);
  return relativePath !== '..' && !relativePath.startsWith(`..${sep}`) && !isAbsolute(relativePath);
}
