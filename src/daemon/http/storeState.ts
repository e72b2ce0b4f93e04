import type { Memory } from '../../model/memory.ts';
import { StoreError } from '../../model/store.ts';
import type { LastPass } from '../passes.ts';
import { openIn, waitingText, type Served, type Standing } from './served.ts';

/** The memory of the store; undefined: it cannot be read. */
export async function readableMemory({
  standing: { workspace },
}: Pick<Served, 'standing'>): Promise<Memory | undefined> {
  try {
    return await workspace?.store.memory(workspace.clock.now());
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return undefined;
  }
}

/** The memory of the store; while it cannot be read, that of the last pass. Rejects with a `StoreError` without both. */
export async function lastKnownMemory(served: Served): Promise<Memory> {
  const { store, clock } = openIn(served.standing);
  const known = (await readableMemory(served)) ?? served.last.read?.memory;
  return known ?? (await store.memory(clock.now()));
}

/** Why a daemon is not ready: its last pass ended with a store or team error, or its store cannot be read. */
export async function whyNotReady(
  { workspace, heldBy }: Readonly<Standing>,
  { report, error }: LastPass,
): Promise<string | undefined> {
  if (!workspace) return waitingText(heldBy);
  if (error !== undefined) return error;
  if (!report) return 'no pass has ended yet';
  return await whyUnreadable(workspace);
}

/** Why the store of a workspace cannot be read; undefined: it can. */
export const whyUnreadable = ({
  store,
}: NonNullable<Standing['workspace']>): Promise<string | undefined> =>
  store.passes(1).then(
    () => undefined,
    () => 'the store cannot be read, so no passes run; what is shown is what the last one found',
  );
