import { setTimeout } from 'node:timers/promises';
import type { Outputs } from './output.ts';

/** The default of the maximum wait, and the interval between checks, in milliseconds. */
const defaultMs = 1000;
const intervalMs = 20;

/**
 * Ends the process, even if something is still running. Waits at most `waitMs` milliseconds for pending output, and for
 * threads that read files or resolve names. Node's own exit waits for its threads, and one that opens a FIFO or
 * resolves a name may never return; then the process kills itself.
 */
export async function exitWhenDrained(
  code: number,
  { out, err }: Outputs,
  waitMs = defaultMs,
): Promise<never> {
  for (let elapsedMs = 0; elapsedMs < waitMs; elapsedMs += intervalMs) {
    if (!out.isWaiting() && !err.isWaiting() && !hasBusyThread()) break;
    await setTimeout(intervalMs);
  }
  if (hasBusyThread()) process.kill(process.pid, 'SIGKILL');
  return process.exit(code);
}

/** The work of Node's thread pool, by Node's resource names. */
const threadWork = /^(FSReq|FileHandle|GetAddrInfo|GetNameInfo)/;

const hasBusyThread = (): boolean =>
  process.getActiveResourcesInfo().some((name) => threadWork.test(name));
