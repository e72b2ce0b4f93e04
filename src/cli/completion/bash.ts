import { quotedWord } from '../../model/text/shellWord.ts';
import { caseOf, valueCases, walkCase } from './cases.ts';
import type { CommandWords, Value } from './words.ts';

/** The script for bash. It works in version 3.2 too, which macOS has; there it does not complete paths. */
export const bashScript = (commands: readonly CommandWords[]): string => `\
# Completion of holdfast for bash, printed by: holdfast completion bash
_holdfast() {
  local at=holdfast current="\${COMP_WORDS[COMP_CWORD]}" before= prefix= word index
  local words=()
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "$at $word" in
${walkCase(commands)}    esac
  done
  ((COMP_CWORD > 0)) && before="\${COMP_WORDS[COMP_CWORD - 1]}"
  # Readline splits --option=value into three words, unless = was removed from COMP_WORDBREAKS.
  if [[ $current == --*=* ]]; then
    before="\${current%%=*}" prefix="\${current%%=*}=" current="\${current#*=}"
  elif [[ $current == = ]]; then
    current=
  elif [[ $before == = ]] && ((COMP_CWORD > 1)); then
    before="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  if [[ $current == -* ]]; then
    case "$at" in
${commands.map(({ path, options }) => caseOf([path], wordsBody(options.flatMap(({ names }) => names)))).join('')}    esac
  else
    case "$at $before" in
${valueCases(commands, bodyOf)}      *)
    case "$at" in
${commands.map((command) => caseOf([command.path], argumentBody(command))).join('')}    esac ;;
    esac
  fi
  for word in "\${words[@]}"; do
    [[ $word == "$current"* ]] && COMPREPLY+=("$prefix$word")
  done
  return 0
}
complete -F _holdfast holdfast
`;

const wordsBody = (words: readonly string[]): string =>
  `words=(${words.map(quotedWord).join(' ')})`;

function bodyOf(value: Value): string {
  if (value.of === 'words') return wordsBody(value.words);
  if (value.of === 'text') return 'return 0';
  // The paths are completed by Readline, which knows how to quote them. Outside of a completion this has no effect.
  return `compopt -o ${value.of === 'files' ? 'default' : 'dirnames'} 2>/dev/null; return 0`;
}

/** What a command offers before any letter: its subcommands, or its argument, or its options. */
function argumentBody({ subcommands, argument, options }: CommandWords): string {
  if (subcommands.length > 0) return wordsBody(subcommands.map(({ name }) => name));
  return argument
    ? bodyOf(argument)
    : wordsBody(options.flatMap(({ names }) => names.filter((name) => name.startsWith('--'))));
}
