/** The meaning of a system error code, and an instruction. */
const explanations: Readonly<Record<string, string>> = {
  EACCES:
    'permission denied; give the user that runs Holdfast access to it, or choose another path',
  EADDRINUSE: 'another program is listening there; stop it, or choose another port',
  EADDRNOTAVAIL: 'this machine does not have that address; choose another one',
  EBUSY: 'it is in use; try again, or choose another path',
  EDQUOT: 'the disk quota is used up; make room there',
  EEXIST: 'something else exists there; move it away, or choose another path',
  EFBIG: 'a file may not become that large; raise the limit (ulimit -f)',
  EIO: 'the disk or the terminal does not work',
  EISDIR: 'it is a directory; choose a file',
  ELOOP: 'there are too many symbolic links in the path',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENAMETOOLONG: 'the name is too long; choose another path',
  ENFILE: 'the system has too many files open; close some',
  ENODEV: 'there is no such device; choose another path',
  ENOENT: 'no such file or directory; create what is missing, or choose another path',
  ENOMEM: 'the system has no memory left',
  ENOSPC: 'no space is left on the disk; make room there',
  ENOTDIR: 'a part of the path is not a directory; choose another path',
  ENOTSUP: 'the file system does not support this; choose another path',
  ENXIO: 'there is no such device; choose another path',
  EPERM: 'the operation is not permitted; choose another path, or change its owner or attributes',
  EROFS: 'the file system is read-only; choose a path that can be written',
  ETXTBSY: 'it is a running program; choose another path',
  EXDEV: 'it is on another file system; choose another path',
};

/** The attempted operation, for system calls whose names do not say it. */
const attempts: Readonly<Record<string, string>> = {
  access: 'write to',
  listen: 'listen on',
  lstat: 'inspect',
  mkdir: 'create the directory',
  rename: 'replace',
  scandir: 'read the directory',
  stat: 'inspect',
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
 * An error of the operating system as one line: what cannot be done, where, why, and what to do. Undefined for any
 * other error. Such an error is the user's to fix, and not a bug.
 */
export function systemErrorText(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', syscall, path, address, port }: SystemError = error;
  const reason = explanations[code];
  if (reason === undefined || syscall === undefined) return undefined;
  const target = path ?? (address === undefined ? '' : `${address}:${port}`);
  return `cannot ${attempts[syscall] ?? syscall}${target === '' ? '' : ` ${target}`}: ${reason} (${code})`;
}
