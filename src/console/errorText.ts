import { inspect } from 'node:util';
import { StoreError } from '../model/store.ts';
import { TeamError } from '../model/team.ts';
import { visible } from '../model/text/visible.ts';
import { systemErrorText } from './systemError.ts';
import { UserError } from './userError.ts';

/** What is printed of an error that ends a command: what to do, where the user can do something, and a stack where it is a bug. */
export function errorText(error: unknown): string {
  // What failed first counts, and not that something could not be closed afterwards.
  if (error instanceof SuppressedError) return errorText(error.suppressed);
  if (error instanceof UserError) return error.lines.map(visible).join('\n');
  const known =
    error instanceof StoreError || error instanceof TeamError
      ? error.message
      : systemErrorText(error);
  return known === undefined ? bugText(error) : visible(known);
}

const bugText = (error: unknown): string => `this is a bug in Holdfast: ${inspect(error)}`;
