import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { StoreSettings } from '../../model/settings.ts';
import type { Team } from '../../model/memory.ts';
import { inspectStore, lockHolder, storeName } from '../../store/open.ts';
import { filesOpenToOthers } from '../../store/sqlite/storePlace.ts';
import { storeErrorOf } from '../../store/sqlite/errors.ts';

/** The result of one check. `mend` says how to fix it if it is not well. */
export interface Finding {
  readonly what: string;
  readonly well: boolean;
  readonly seen: string;
  readonly mend?: string;
}

/** The finding about a store, and the team that it belongs to if it could be read. */
interface StoreFinding {
  readonly finding: Finding;
  readonly team?: Team;
}

/** Checks whether a store can be read and written, and whether other users can read it. Changes nothing. */
export async function checkStore(
  settings: StoreSettings,
  workspace: string,
): Promise<StoreFinding> {
  const what = 'store';
  try {
    const holder = await lockHolder(settings, workspace);
    await using store = await inspectStore(settings, workspace);
    const [last] = await store.passes(1);
    const { team } = await store.memory(new Date());
    const exposedFiles = settings.type === 'sqlite' ? await checkFile(settings.path) : [];
    const state = `${storeName(settings)}, last pass ${last?.finishedAt ?? 'none yet'}${holder === undefined ? '' : `; ${holder} writes to it`}`;
    const finding =
      exposedFiles.length === 0
        ? { what, well: true, seen: state }
        : {
            what,
            well: false,
            seen: `other users can read ${exposedFiles.join(', ')}`,
            mend: `chmod 600 ${exposedFiles.join(' ')} (apply and run do this automatically)`,
          };
    return { finding, ...(team ? { team } : {}) };
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return { finding: { what, well: false, seen } };
  }
}

/** Returns the files that other users can read. Rejects with a `StoreError` if `apply` could not write. */
async function checkFile(path: string): Promise<readonly string[]> {
  await requireWritable(path);
  return await filesOpenToOthers(path);
}

async function requireWritable(path: string): Promise<void> {
  if (path === ':memory:') return;
  try {
    const directory = await nearestExisting(dirname(resolve(path)));
    await access(directory, constants.W_OK | constants.X_OK);
    if (await exists(path)) await access(path, constants.W_OK);
    const { blocks, bavail } = await statfs(directory);
    if (blocks > 0 && bavail === 0)
      throw Object.assign(new Error('no space is left'), { code: 'ENOSPC' });
  } catch (error) {
    throw storeErrorOf(error, path);
  }
}

/** The directory, or its nearest ancestor that exists. */
const nearestExisting = async (directory: string): Promise<string> =>
  (await exists(directory)) || dirname(directory) === directory
    ? directory
    : nearestExisting(dirname(directory));

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
