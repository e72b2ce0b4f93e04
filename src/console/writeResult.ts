import { UnsafePathError, writePrivateFile } from '../model/files/privateFiles.ts';
import { systemErrorText } from './systemError.ts';
import { UserError } from './userError.ts';

/** Writes the file of `--out`, readable by this user only. Rejects with a `UserError` that names `content`. */
export async function writeResult(file: string, content: string, text: string): Promise<void> {
  try {
    await writePrivateFile(file, text);
  } catch (error) {
    const reason = error instanceof UnsafePathError ? error.message : systemErrorText(error);
    if (reason === undefined) throw error;
    throw new UserError(`--out ${file}: ${content} was not written: ${reason}`, { cause: error });
  }
}
