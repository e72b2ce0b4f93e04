import { ForgeError } from './forge.ts';

/** GitHub refuses longer descriptions of statuses. */
const longestDescription = 140;

/** The description of a status as it is sent: at most 140 characters, without half a character at the cut. */
export const descriptionOf = (text: string): string =>
  text.length > longestDescription
    ? `${text.slice(0, longestDescription - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
    : text;

/** Returns the commit. Throws a `ForgeError` unless it is a full hash, since it becomes part of a path. */
export function checkedCommit(commit: string): string {
  if (/^[\da-f]{40}([\da-f]{24})?$/.test(commit)) return commit;
  throw new ForgeError('the commit is not a full hash', 'rejected');
}
