import { FileError, readBounded } from '../../model/files/readBounded.ts';
import { visible } from '../../model/text/visible.ts';
import { UserError } from '../../console/userError.ts';
import { parseState, StateError, type TerraformState } from './parseState.ts';

/** A state of 10,000 machines takes about twenty megabytes. */
const maxStateBytes = 64 * 1024 * 1024;

/**
 * Reads a state file of Terraform. Rejects with a `UserError` that says what was expected, and quotes nothing of the
 * file's values.
 */
export async function readStateFile(file: string): Promise<TerraformState> {
  try {
    const bytes = await readBounded(file, { maxBytes: maxStateBytes });
    return parseState(textOf(bytes));
  } catch (error) {
    if (!(error instanceof FileError || error instanceof StateError)) throw error;
    const isFileError = error instanceof FileError;
    const reason = isFileError ? error.message : `is no state file of Terraform: ${error.message}`;
    throw new UserError([`--terraform ${visible(file)} ${reason}`, advice]);
  }
}

const advice =
  'expected a state file of version 4: terraform.tfstate, or for a remote state the output of terraform state pull > terraform.tfstate';

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new StateError('it is not valid UTF-8');
  }
}
