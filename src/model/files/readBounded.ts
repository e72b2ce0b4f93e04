import { constants, type Stats } from 'node:fs';
import { lstat, open, readlink, realpath, stat, type FileHandle } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';

/** Which files may be read. */
export interface ReadLimits {
  /** A larger file is refused before any byte of it is read. */
  readonly maxBytes: number;
  /** The directory, without links, that must hold the file once the links of its path are resolved. Default: any. */
  readonly within?: string | undefined;
  /** Files that are refused under every name that they have, such as the file of the API key. */
  readonly except?: readonly string[];
}

/** Why a file was not read. The message follows the file's name: `does not exist`. */
export class FileError extends Error {
  override readonly name = 'FileError';
  /** The system's code, such as `ENOENT`, or `OUTSIDE`, `IRREGULAR`, `TOO_LARGE`, `OWN_KEY` or `REPLACED`. */
  readonly code: string;

  constructor(message: string, code: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * Reads a regular file of at most `maxBytes`. Everything is checked on the opened file, so a file that is replaced between a check
 * and the reading cannot win. It never reads more than the size that the file had when it was opened: files whose size is 0 and
 * whose content the kernel makes up (`/proc/self/environ`) are empty to it. It never waits for the other end of a pipe. Rejects
 * with a `FileError`.
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

/** Opens a file that `readBounded` would read, for a program that reads it by its descriptor. Rejects with a `FileError`. */
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

/** A pipe without a writer and a terminal do not make `open` wait. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

async function check(file: FileHandle, real: string, limits: ReadLimits): Promise<void> {
  const opened = await file.stat();
  if (!opened.isFile()) throw new FileError('is not a regular file', 'IRREGULAR');
  if (opened.size > limits.maxBytes) throw tooLarge(limits);
  if (await isAmong(opened, limits.except ?? [])) throw ownKey();
  if (limits.within === undefined) return;
  const place = await placeOf(file, opened, real);
  if (place === undefined) throw new FileError('was replaced while it was read', 'REPLACED');
  if (!isWithin(limits.within, place)) throw outside();
}

/** Whether a path leads to one of these files, whatever their names. */
export async function isOneOf(path: string, files: readonly string[]): Promise<boolean> {
  const file = files.length > 0 && (await stat(path).catch(() => undefined));
  return file ? isAmong(file, files) : false;
}

async function isAmong(file: Stats, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if (isSame(file, await stat(path).catch(() => undefined))) return true;
  return false;
}

/** The path of an opened file: from the system where it tells (Linux), else its name, if that still leads to the file. */
async function placeOf(
  { fd }: FileHandle,
  opened: Stats,
  real: string,
): Promise<string | undefined> {
  const told = await readlink(`/proc/self/fd/${fd}`).catch(() => undefined);
  if (told !== undefined) return told;
  const place = await realpath(real);
  return isSame(opened, await lstat(place)) ? place : undefined;
}

const isSame = ({ dev, ino }: Stats, other: Stats | undefined): boolean =>
  dev === other?.dev && ino === other.ino;

async function firstBytes(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(size);
  let length = 0;
  for (let more = true; more && length < size;) {
    const { bytesRead } = await file.read(bytes, length, size - length, length);
    length += bytesRead;
    more = bytesRead > 0;
  }
  return bytes.subarray(0, length);
}

const outside = (): FileError =>
  new FileError('is outside the directory that it must be in', 'OUTSIDE');

const tooLarge = ({ maxBytes }: ReadLimits): FileError =>
  new FileError(`is larger than ${maxBytes} bytes`, 'TOO_LARGE');

const ownKey = (): FileError => new FileError('holds the API key', 'OWN_KEY');

const failure = (error: unknown): FileError =>
  error instanceof FileError ? error : new FileError(reasonOf(error), codeOf(error), error);

/** Why a file or directory could not be read: words that follow its name. */
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

/** Whether a path is the directory or below it, both absolute and without links. */
export function isWithin(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
