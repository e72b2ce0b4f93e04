import type { Stats } from 'node:fs';

/** The user that runs this process. `uid` is undefined on Windows, where files have no numeric owner. */
export interface User {
  readonly uid: number | undefined;
  readonly groups: readonly number[];
}

export const currentUser = (): User => ({
  uid: process.getuid?.(),
  groups: [...(process.getgroups?.() ?? []), ...(process.getegid ? [process.getegid()] : [])],
});

type Entry = Pick<
  Stats,
  'uid' | 'gid' | 'mode' | 'nlink' | 'isFile' | 'isDirectory' | 'isSymbolicLink'
>;

/**
 * Says why another local user may have created or changed a file: a predicate for the file that ends with what to do.
 * Undefined if only root and this user can have. `stats` are those of the entry itself (`lstat`).
 */
export function distrustOfFile(stats: Entry, { uid }: User): string | undefined {
  if (stats.isSymbolicLink()) return 'is a symbolic link; put the file itself there';
  if (!stats.isFile()) return 'is not a regular file; move it away';
  if (uid === undefined) return undefined;
  if (!isTrusted(stats, uid)) return foreign(stats, uid);
  if ((stats.mode & 0o022) !== 0)
    return `can be written by other users (mode ${modeOf(stats)}); make sure that nobody changed it and chmod 600 it, or move it away`;
  return stats.nlink > 1
    ? `has ${stats.nlink} names (hard links); leave it only this one, or move it away`
    : undefined;
}

/**
 * The same for a file that a user wrote and names to Holdfast. Takes the stats of the file that its links lead to. It
 * may have several names, and the group with its owner's number may write it, since that group is private.
 */
export function distrustOfNamedFile(stats: Entry, { uid }: User): string | undefined {
  if (uid === undefined) return undefined;
  if (!isTrusted(stats, uid)) return foreign(stats, uid);
  const forOthers = (stats.mode & 0o002) !== 0;
  const forGroup = (stats.mode & 0o020) !== 0 && stats.gid !== stats.uid;
  return forOthers || forGroup
    ? `can be written by other users (mode ${modeOf(stats)}); make sure that nobody changed it and chmod go-w it`
    : undefined;
}

/**
 * The same for a directory whose files are to be trusted: whoever can write to it can add files. Two kinds of shared
 * directories are accepted: one that root has opened to a group of this process, since Kubernetes mounts a volume so
 * (`fsGroup`), and one that the user has opened to the group of the user's own number, since that group is private
 * (`umask 002`).
 */
export function distrustOfDirectory(stats: Entry, { uid, groups }: User): string | undefined {
  if (uid === undefined || !stats.isDirectory()) return undefined;
  if (!isTrusted(stats, uid)) return foreign(stats, uid);
  const forAll = (stats.mode & 0o002) !== 0;
  const isOwnGroup = stats.uid === 0 ? groups.includes(stats.gid) : stats.gid === uid;
  const forOthers = (stats.mode & 0o020) !== 0 && !isOwnGroup;
  return forAll || forOthers
    ? `can be written by other users (mode ${modeOf(stats)}), who could put files of their own there; name a directory inside it, which Holdfast makes for itself, or make sure that nobody did and chmod ${forAll ? 'o-w' : 'g-w'} it`
    : undefined;
}

/** The same for a directory of temporary files, where the sticky bit protects each user's files from the others. */
export const distrustOfTemporary = (stats: Entry, user: User): string | undefined =>
  (stats.mode & 0o1000) !== 0 && user.uid !== undefined && isTrusted(stats, user.uid)
    ? undefined
    : distrustOfDirectory(stats, user);

/** The same for a symbolic link among their parent directories: its owner decides where it leads. */
export const distrustOfLink = (stats: Entry, { uid }: User): string | undefined =>
  uid !== undefined && stats.isSymbolicLink() && !isTrusted(stats, uid)
    ? `is a symbolic link that user ${stats.uid} made; name the directory that it leads to`
    : undefined;

/** Whether an entry belongs to neither root nor this user. */
export const isForeign = (stats: Entry, { uid }: User): boolean =>
  uid !== undefined && !isTrusted(stats, uid);

/** Root is trusted, since root can do everything anyway. */
const isTrusted = (stats: Entry, uid: number): boolean => stats.uid === uid || stats.uid === 0;

const foreign = (stats: Entry, uid: number): string =>
  `belongs to user ${stats.uid}, and Holdfast runs as user ${uid}; run it as the owner, or change the owner with chown`;

const modeOf = ({ mode }: Entry): string => `0${(mode & 0o7777).toString(8)}`;

/** Whether users other than the owner can read or open it. */
export const isOpenToOthers = ({ mode }: Pick<Stats, 'mode'>): boolean => (mode & 0o077) !== 0;
