import { inspect } from 'node:util';
import { StoreError } from '../model/store.ts';
import { TeamError, TeamTakenError } from '../model/team.ts';
import { visible } from '../model/text/visible.ts';
import { systemErrorText } from './systemError.ts';
import { UserError } from './userError.ts';

/** The text of an error that ends a command: an instruction if the user can fix it, a stack if it is a bug. */
export function errorText(error: unknown): string {
  // The first error counts, not a failure to close something afterwards.
  if (error instanceof SuppressedError) return errorText(error.suppressed);
  if (error instanceof UserError) return error.lines.map(visible).join('\n');
  const message =
    error instanceof StoreError || error instanceof TeamError || error instanceof TeamTakenError
      ? error.message
      : systemErrorText(error);
  return message === undefined ? bugText(error) : visible(message);
}

const bugText = (error: unknown): string => `this is a bug in Holdfast: ${inspect(error)}`;
