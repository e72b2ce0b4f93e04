import type { Action, Outcome, Plan } from '../model/plan.ts';
import type { Context } from './context.ts';

/**
 * Tells of each action as it ends: on a terminal one line that is written over, elsewhere a line each. What is held is not told here;
 * the report names it.
 */
export function progress(
  { err, paint }: Context,
  { actions }: Plan,
): (action: Action, outcome: Outcome) => void {
  const total = actions.filter(({ held }) => held === undefined).length;
  const overwrite = process.stderr.isTTY;
  let ended = 0;
  return ({ id, held }, { result, error }) => {
    if (held !== undefined) return;
    ended += 1;
    const failed = result === 'failed';
    const line = `${ended}/${total} ${result} ${id}${failed ? `: ${error ?? ''}` : ''}`;
    const shown = failed ? paint('red', line) : paint('dim', line);
    const lasting = failed || ended === total || !overwrite;
    err(`${overwrite ? '\r\u001b[K' : ''}${shown}${lasting ? '\n' : ''}`);
  };
}
