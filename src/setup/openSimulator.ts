import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemErrorText } from '../console/systemError.ts';
import { makeOwnDirectory } from '../model/files/privateFiles.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator/simulator.ts';
import { UserError } from './context.ts';

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
