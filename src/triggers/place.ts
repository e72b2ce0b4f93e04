import { readdir, readFile, realpath, stat, statfs } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** The directory that a path resolves to. */
export interface DirectoryIdentity {
  /** The path without symbolic links. */
  readonly path: string;
  /** Changes if the path resolves to another directory, or a link in the directory leads elsewhere. */
  readonly identity: string;
}

/**
 * How to detect changes. `auto`: by events of the operating system. `polling`: by reading, where such events are not
 * reliable.
 */
export type Backend = 'auto' | 'polling';

/** File systems that other machines can change without an event on this one (`f_type`, linux/magic.h). */
const remoteTypes: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB2
  0x01021997, // 9p
  0x65735546, // FUSE
  0x6a656a63, // virtiofs
  0x786f4256, // VirtualBox shared folders
]);

/** Resolves the place of a directory; undefined while it does not exist. Cheap enough to be called every second. */
export async function identityOf(directory: string): Promise<DirectoryIdentity | undefined> {
  try {
    const path = await realpath(directory);
    const [{ dev, ino }, targets] = await Promise.all([stat(path), linkTargets(path)]);
    return { path, identity: [path, dev, ino, ...targets].join(' ') };
  } catch {
    return undefined;
  }
}

/**
 * The backend for a place: `polling` on remote file systems, with mounts inside the directory, and if either cannot be
 * read.
 */
export async function backendFor({ path }: DirectoryIdentity): Promise<Backend> {
  try {
    const { type } = await statfs(path);
    return remoteTypes.has(type) || holdsMount(await readMounts(), path) ? 'polling' : 'auto';
  } catch {
    return 'polling';
  }
}

/**
 * The targets of the symbolic links in a directory. Kubernetes replaces a ConfigMap by changing one link, through which
 * the other links lead, so that no file in the directory changes.
 */
async function linkTargets(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isSymbolicLink())
      .map(({ name }) => realpath(join(directory, name)).catch(() => '')),
  );
}

/**
 * Whether something is mounted inside the directory. Chokidar watches directories, and a single file that is mounted
 * into one changes without an event of the directory. `mountinfo`: the text of `/proc/self/mountinfo`.
 */
export function holdsMount(mountinfo: string, directory: string): boolean {
  return mountinfo.split('\n').some((line) => {
    const point = line.split(' ')[4]?.replaceAll(/\\(\d{3})/g, fromOctal);
    return point?.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`);
  });
}

const fromOctal = (_escape: string, octal: string): string =>
  String.fromCharCode(Number.parseInt(octal, 8));

/** Empty on systems other than Linux, where no mounts are detected. */
const readMounts = (): Promise<string> => readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
