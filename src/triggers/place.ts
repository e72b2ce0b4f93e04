import { readdir, readFile, realpath, stat, statfs } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Where a directory really is. */
export interface Place {
  /** Without links. */
  readonly path: string;
  /** Another one means that another directory stands there now, or that a link in it leads elsewhere. */
  readonly identity: string;
}

/** How changes are learnt of. `auto`: the system tells. `polling`: it may not, so one has to look. */
export type Backend = 'auto' | 'polling';

/** File systems that are changed elsewhere without the system here being told (`f_type`, linux/magic.h). */
const remote: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB2
  0x01021997, // 9p
  0x65735546, // FUSE
  0x6a656a63, // virtiofs
  0x786f4256, // VirtualBox shared folders
]);

/** Undefined while nothing is there. Made for being asked again and again. */
export async function placeOf(directory: string): Promise<Place | undefined> {
  try {
    const path = await realpath(directory);
    const [{ dev, ino }, led] = await Promise.all([stat(path), targets(path)]);
    return { path, identity: [path, dev, ino, ...led].join(' ') };
  } catch {
    return undefined;
  }
}

/** What suits a place. */
export async function backendFor({ path }: Place): Promise<Backend> {
  try {
    const { type } = await statfs(path);
    return remote.has(type) || holdsMount(await mounts(), path) ? 'polling' : 'auto';
  } catch {
    return 'polling';
  }
}

/**
 * Where the links in a directory lead. A ConfigMap is swapped by one link that the others lead through, and nothing in the directory itself
 * changes by that.
 */
async function targets(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isSymbolicLink())
      .map(({ name }) => realpath(join(directory, name)).catch(() => '')),
  );
}

/**
 * Whether something is mounted inside the directory: chokidar listens to directories, and a single file that is mounted into
 * one changes without it. Expects the text of `/proc/self/mountinfo`.
 */
export function holdsMount(mountinfo: string, directory: string): boolean {
  return mountinfo.split('\n').some((line) => {
    const point = line.split(' ')[4]?.replaceAll(/\\(\d{3})/g, fromOctal);
    return point?.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`);
  });
}

const fromOctal = (_escape: string, octal: string): string =>
  String.fromCharCode(Number.parseInt(octal, 8));

/** Only Linux tells; elsewhere no mount is known. */
const mounts = (): Promise<string> => readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
