/** What a code of the system means, and what to do about it. */
const explanations: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; give the user that runs Holdfast access to it, or name another place',
  EADDRINUSE: 'another program listens there; stop it, or name another port',
  EADDRNOTAVAIL: 'this machine does not have that address; name another one',
  EBUSY: 'it is in use; try again, or name another place',
  EDQUOT: 'the disk quota is used up; make room there',
  EEXIST: 'something else is there; move it away, or name another place',
  EFBIG: 'a file may not become that large; raise the limit (ulimit -f)',
  EIO: 'the disk or the terminal does not work',
  EISDIR: 'it is a directory; name a file',
  ELOOP: 'there are too many symbolic links in the path',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENAMETOOLONG: 'the name is too long; name another place',
  ENFILE: 'the system has too many files open; close some',
  ENODEV: 'there is no such device; name another place',
  ENOENT: 'no such file or directory; create what is missing, or name another place',
  ENOMEM: 'the system has no memory left',
  ENOSPC: 'no space is left on the disk; make room there',
  ENOTDIR: 'a part of the path is not a directory; name another place',
  ENOTSUP: 'the file system does not support this; name another place',
  ENXIO: 'there is no such device; name another place',
  EPERM: 'the operation is not permitted; name another place, or change its owner or attributes',
  EROFS: 'the file system is read-only; name a place that can be written',
  ETXTBSY: 'it is a program that runs; name another place',
  EXDEV: 'it is on another file system; name another place',
};

/** What was tried, where the name of the system call does not say it. */
const attempts: Readonly<Record<string, string>> = {
  access: 'write in',
  listen: 'listen on',
  lstat: 'look at',
  mkdir: 'make the directory',
  rename: 'replace',
  scandir: 'read the directory',
  stat: 'look at',
  uv_cwd: 'find the working directory',
};

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly path?: string;
  readonly address?: string;
  readonly port?: number;
}

/**
 * An error of the operating system as one line that says what cannot be done, where, why, and what to do; undefined for any other error. What
 * the system refuses is the user's to mend, and no bug.
 */
export function systemErrorText(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', syscall, path, address, port }: SystemError = error;
  const why = explanations[code];
  if (why === undefined || syscall === undefined) return undefined;
  const where = path ?? (address === undefined ? '' : `${address}:${port}`);
  return `cannot ${attempts[syscall] ?? syscall}${where === '' ? '' : ` ${where}`}: ${why} (${code})`;
}
