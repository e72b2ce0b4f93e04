import { quotedWord } from '../../model/text/shellWord.ts';
import { caseOf, valueCases, walkCase } from './cases.ts';
import type { CommandWords, Described, Value } from './words.ts';

/** The script for zsh, to be sourced or to be a file of `fpath`. */
export const zshScript = (commands: readonly CommandWords[]): string => `\
#compdef holdfast
# Completion of holdfast for zsh, printed by: holdfast completion zsh
_holdfast() {
  local at=holdfast before="\${words[CURRENT-1]}" word
  local -a list
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
${walkCase(commands)}    esac
  done
  if [[ $PREFIX == --*=* ]]; then
    before="\${PREFIX%%=*}"
    compset -P '*='
  fi
  if [[ $PREFIX != -* ]]; then
    case "$at $before" in
${valueCases(commands, bodyOf)}    esac
    case "$at" in
${commands.map((command) => caseOf([command.path], argumentBody(command))).join('')}    esac
  fi
  case "$at" in
${commands.map(({ path, options }) => caseOf([path], describe('options', 'option', describedOptions(options)))).join('')}  esac
}
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then
  _holdfast "$@"
else
  compdef _holdfast holdfast
fi
`;

function bodyOf(value: Value): string {
  switch (value.of) {
    case 'words':
      return `compadd -- ${value.words.map(quotedWord).join(' ')}; return`;
    case 'files':
      return '_files; return';
    case 'directories':
      return '_files -/; return';
    case 'text':
      return '_message value; return';
  }
}

/** What a command offers before its options: its subcommands or its argument; without either, go on to the options. */
function argumentBody({ subcommands, argument }: CommandWords): string {
  if (subcommands.length > 0) return `${describe('commands', 'command', subcommands)}; return`;
  return argument ? bodyOf(argument) : ':';
}

const describedOptions = (options: CommandWords['options']): readonly Described[] =>
  options.flatMap(({ names, description }) => names.map((name) => ({ name, description })));

/** Offers words with descriptions, which follow the first colon. */
const describe = (tag: string, what: string, words: readonly Described[]): string =>
  `list=(${words
    .map(({ name, description }) =>
      quotedWord(`${name.replaceAll(':', String.raw`\:`)}:${description}`),
    )
    .join(' ')}); _describe -t ${tag} ${what} list`;
