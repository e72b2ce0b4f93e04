import { file, textOf, type Input, type InputFile } from './input.ts';
import type { Random } from './random.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Changes a text. */
type Mutation = (text: string, random: Random, words: Vocabulary, other: string) => string;

/** Changes some files of an input in a few places. */
export function mutated(input: Input, other: Input, random: Random, words: Vocabulary): Input {
  const donor = other.length > 0 ? textOf(random.one(other)) : '';
  const chosen = random.below(input.length);
  return input.map((one, at) =>
    at === chosen || random.once(4) ? edited(one, donor, random, words) : one,
  );
}

function edited(one: InputFile, donor: string, random: Random, words: Vocabulary): InputFile {
  const text = random
    .some(1, 5, () => random.one(mutations))
    .reduce((now, mutation) => mutation(now, random, words, donor), textOf(one));
  return file(one.name, random.once(12) ? flipped(Buffer.from(text), random) : text);
}

/** Changes some bytes: often the result is not UTF-8. */
function flipped(bytes: Buffer, random: Random): Buffer {
  for (const at of random.some(1, 4, () => random.below(bytes.length + 1)))
    if (at < bytes.length) bytes[at] = random.below(256);
  return bytes;
}

/** Characters with a meaning in YAML, and some with a meaning nowhere. */
const signs = [
  ...Array.from(' \n\t:-?,[]{}#&*!|>\'"%@`~<=\\\r'),
  '\n\n',
  ': ',
  '- ',
  '? ',
  '<<: ',
  '<<: *a',
  '<<: [*a, 1]',
  '<<: text',
  '&a ',
  '*a',
  '\n---\n',
  '\n...\n',
  '\n%YAML 1.1\n---\n',
  '\n%TAG ! tag:x,2000:\n---\n',
  '|\n',
  '>-\n',
  '|9\n',
  '\u{0}',
  '\u{7}',
  '\u{85}',
  '\u{feff}',
  '\u{2028}',
  '\u{2029}',
  '\u{202e}',
  '\u{200b}',
  '\u{ffff}',
];

const mutations: readonly Mutation[] = [
  (text, random) => spliced(text, random, 0, random.one(signs)),
  (text, random) => spliced(text, random, random.below(4), random.one(signs)),
  (text, random, { values }) => spliced(text, random, 0, random.one(values)),
  (text, random) => spliced(text, random, random.below(40), ''),
  (text, random, { values }) =>
    replacedMatch(text, random, /(?<=: )[^\n{[,]+/g, random.one(values)),
  (text, random, { keys }) =>
    replacedMatch(text, random, /[\w"{}.-]+(?=:(\s|$))/g, random.one(keys)),
  (text, random, _, other) =>
    spliced(text, random, 0, other.slice(random.below(other.length + 1)).slice(0, 400)),
  (text, random) => withLines(text, random, (lines, at) => lines.toSpliced(at, 1)),
  (text, random) => withLines(text, random, (lines, at) => lines.toSpliced(at, 0, lines[at] ?? '')),
  (text, random) =>
    withLines(text, random, (lines, at) =>
      lines.with(at, `${random.one(['', ' ', '  ', '\t'])}${(lines[at] ?? '').trimStart()}`),
    ),
  (text, random) =>
    withLines(text, random, (lines, at) =>
      lines.toSpliced(at, 0, lines[random.below(lines.length)] ?? ''),
    ),
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text) => text.replaceAll('\n', '\r\n'),
];

function spliced(text: string, random: Random, remove: number, insert: string): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + insert + text.slice(at + remove);
}

function replacedMatch(text: string, random: Random, pattern: RegExp, by: string): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text + by;
  const { index, 0: found } = random.one(matches);
  return text.slice(0, index) + by + text.slice(index + found.length);
}

function withLines(
  text: string,
  random: Random,
  change: (lines: readonly string[], at: number) => readonly string[],
): string {
  const lines = text.split('\n');
  return change(lines, random.below(lines.length)).join('\n');
}
