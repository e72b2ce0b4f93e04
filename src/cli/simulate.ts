import { once } from 'node:events';
import { parseFault } from '../simulator/faults.ts';
import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makeOwnDirectory } from '../model/ownFiles.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator/simulator.ts';
import { UserError, type Context } from './context.ts';
import { systemErrorText } from './systemError.ts';

export interface SimulateFlags {
  readonly port: number;
  readonly state: string | undefined;
  readonly fault: readonly string[];
  /** Milliseconds before each answer. */
  readonly latency: number;
  /** Milliseconds that each job takes; undefined: about a second. */
  readonly jobTime: number | undefined;
  /** Requests a second; 0: none. */
  readonly rateLimit: number;
  /** The only key that is accepted; undefined: any. */
  readonly key: string | undefined;
}

/** `holdfast simulate`: a local Paperspace API, until it is told to stop. */
export async function simulate({ out }: Context, flags: SimulateFlags): Promise<number> {
  await using simulator = await openSimulator({
    port: flags.port,
    record: false,
    ...(flags.state === undefined ? {} : { stateFile: flags.state }),
    ...(flags.key === undefined ? {} : { key: flags.key }),
    ...(flags.jobTime === undefined ? {} : { jobTime: flags.jobTime }),
    ...(flags.latency > 0 ? { latency: { min: flags.latency, max: flags.latency } } : {}),
    ...(flags.rateLimit > 0
      ? { rateLimit: { perSecond: flags.rateLimit, burst: flags.rateLimit } }
      : {}),
  });
  for (const text of flags.fault) simulator.fault(parsed(text));
  out(
    `a simulated Paperspace listens on ${simulator.url}/v1\n` +
      `PAPERSPACE_API_URL=${simulator.url}/v1 PAPERSPACE_API_KEY=${flags.key ?? 'any'} holdfast plan\n`,
  );
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  return 0;
}

/** Starts a simulator. A port or a file that it cannot have, at the start or at the end, is the user's to mend. */
export async function openSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { stateFile } = options;
  const unusable = (error: unknown): never => {
    const why = systemErrorText(error) ?? (error as Error).message;
    throw new UserError(
      stateFile === undefined ? why : `the simulated team in ${stateFile} cannot be used: ${why}`,
      { cause: error },
    );
  };
  try {
    if (stateFile !== undefined) await requireWritable(stateFile);
    const simulator = await startSimulator(options);
    const dispose = async () => simulator[Symbol.asyncDispose]().then(undefined, unusable);
    return { ...simulator, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    return unusable(error);
  }
}

/** Rejects where the file could not be saved, before anything is done that would then be lost. */
async function requireWritable(file: string): Promise<void> {
  const directory = dirname(resolve(file));
  await makeOwnDirectory(directory);
  await access(directory, constants.W_OK | constants.X_OK);
}

function parsed(text: string): ReturnType<typeof parseFault> {
  try {
    return parseFault(text);
  } catch (error) {
    throw new UserError(`--fault: ${error instanceof Error ? error.message : String(error)}`);
  }
}
