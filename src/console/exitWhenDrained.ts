import { setTimeout } from 'node:timers/promises';
import type { Outputs } from './output.ts';

/** How long the end of the process waits for output and for threads that read files, and how often it looks, in milliseconds. */
const patienceMs = 1000;
const intervalMs = 20;

/**
 * Ends the process, whatever still holds it. What was written has a second to go out. Node's own exit waits for its threads, and one that
 * opens a FIFO or looks a name up may not come back, so then the process kills itself.
 */
export async function leave(code: number, { out, err }: Outputs): Promise<never> {
  for (let waited = 0; waited < patienceMs; waited += intervalMs) {
    if (!out.isWaiting() && !err.isWaiting() && !hasBusyThread()) break;
    await setTimeout(intervalMs);
  }
  if (hasBusyThread()) process.kill(process.pid, 'SIGKILL');
  return process.exit(code);
}

/** What runs on Node's few threads, as Node names it. */
const threadWork = /^(FSReq|FileHandle|GetAddrInfo|GetNameInfo)/;

const hasBusyThread = (): boolean =>
  process.getActiveResourcesInfo().some((name) => threadWork.test(name));
