import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemErrorText } from '../../console/systemError.ts';
import { createPrivateDirectory } from '../../model/files/privateFiles.ts';
import {
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../simulator/simulator.ts';
import { UserError } from '../context.ts';

/** Starts a simulator. Rejects with a `UserError` if the port or the file cannot be used; so does its disposal. */
export async function openSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { stateFile } = options;
  const throwUserError = (error: unknown): never => {
    const reason = systemErrorText(error) ?? (error as Error).message;
    throw new UserError(
      stateFile === undefined
        ? reason
        : `the simulated team in ${stateFile} cannot be used: ${reason}`,
      { cause: error },
    );
  };
  try {
    if (stateFile !== undefined) await requireWritable(stateFile);
    const simulator = await startSimulator(options);
    const dispose = async () => simulator[Symbol.asyncDispose]().then(undefined, throwUserError);
    return { ...simulator, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    return throwUserError(error);
  }
}

/** Rejects if the file could not be saved, before any state exists that would be lost. */
async function requireWritable(file: string): Promise<void> {
  const directory = dirname(resolve(file));
  await createPrivateDirectory(directory);
  await access(directory, constants.W_OK | constants.X_OK);
}
