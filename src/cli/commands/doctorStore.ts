import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { StoreSettings } from '../../model/settings.ts';
import type { Team } from '../../model/store.ts';
import { lockHolder } from '../../store/lock.ts';
import { inspectStore } from '../../store/open.ts';
import { filesOpenToOthers, pathOf } from '../../store/storePlace.ts';
import { storeErrorOf } from '../../store/errors.ts';

/** One thing that was looked at: `mend` says what to do about it when it is not well. */
export interface Finding {
  readonly what: string;
  readonly well: boolean;
  readonly seen: string;
  readonly mend?: string;
}

/** What was found of a store, and the team that it belongs to, where it could be read. */
interface StoreFinding {
  readonly finding: Finding;
  readonly team?: Team;
}

/** Whether a store can be read, written, and trusted. Creates and changes nothing. */
export async function checkStore(settings: StoreSettings): Promise<StoreFinding> {
  const what = 'store';
  try {
    const path = pathOf(settings);
    const holder = await lockHolder(settings);
    await using store = await inspectStore(settings);
    const [last] = await store.passes(1);
    const { team } = await store.memory(new Date());
    await requireWritable(path);
    const open = await filesOpenToOthers(path);
    const seen = `${path}, last pass ${last?.finishedAt ?? 'none yet'}${holder === undefined ? '' : `; ${holder} writes with it`}`;
    const finding =
      open.length === 0
        ? { what, well: true, seen }
        : {
            what,
            well: false,
            seen: `other users can read ${open.join(', ')}`,
            mend: `chmod 600 ${open.join(' ')} (apply and run do so by themselves)`,
          };
    return { finding, ...(team ? { team } : {}) };
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return { finding: { what, well: false, seen } };
  }
}

/** Rejects with a `StoreError` where `apply` could not write. */
async function requireWritable(path: string): Promise<void> {
  if (path === ':memory:') return;
  try {
    const directory = await existing(dirname(resolve(path)));
    await access(directory, constants.W_OK | constants.X_OK);
    if (await isThere(path)) await access(path, constants.W_OK);
    const { blocks, bavail } = await statfs(directory);
    if (blocks > 0 && bavail === 0)
      throw Object.assign(new Error('no space is left'), { code: 'ENOSPC' });
  } catch (error) {
    throw storeErrorOf(error, path);
  }
}

/** The directory, or the nearest one above it that exists. */
const existing = async (directory: string): Promise<string> =>
  (await isThere(directory)) || dirname(directory) === directory
    ? directory
    : existing(dirname(directory));

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
