import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { UserError, type Context } from '../../setup/context.ts';
import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { wordsOf, type CommandWords } from '../completion/words.ts';
import { zshScript } from '../completion/zsh.ts';

/** The scripts, by shell. */
const scripts: ReadonlyMap<string, (commands: readonly CommandWords[]) => string> = new Map([
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
]);

/** `holdfast completion bash|zsh|fish`: prints a script that completes the commands and options of the program. */
export async function completion(
  { out }: Context,
  { shell, program }: { readonly shell: string; readonly program: CommandUnknownOpts },
): Promise<number> {
  const script = scripts.get(shell);
  if (!script)
    throw new UserError(
      `there are no completions for "${shell}"; write one of ${[...scripts.keys()].join(', ')}`,
    );
  out(script(wordsOf(program)));
  return 0;
}
