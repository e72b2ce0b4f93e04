import { createInterface } from 'node:readline/promises';
import { UserError } from './userError.ts';

/**
 * Asks for confirmation on a terminal, after `show` has printed what would be done. Resolves to whether the answer is
 * yes. Rejects with a `UserError` elsewhere. `command`: the command that asks.
 */
export async function confirm(
  command: string,
  err: (text: string) => void,
  show: () => void,
): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new UserError(
      `nothing was done: ${command} asks for confirmation on a terminal; elsewhere it requires --yes`,
    );
  show();
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question('Do this? (yes/no) ');
    if (/^y(es)?$/i.test(answer.trim())) return true;
    err('nothing was done\n');
    return false;
  } finally {
    terminal.close();
  }
}
