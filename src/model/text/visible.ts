/**
 * Text from outside (YAML, the API, file names, requests) as it may be shown: what cannot be seen, or makes a terminal, a log, or a CI job do something,
 * is written as `\uXXXX`. That is valid inside a JSON string too, and stands for the same there.
 */

/** Control and format characters, separators of lines, halves of pairs, and whatever else a font shows as nothing. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const eachHidden = new RegExp(hidden, 'gu');

/** Of these, what joins or colours pictures: 👩‍🔬 is one of three characters. */
const inPictures =
  /(?<=\p{Extended_Pictographic})\ufe0f|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})/gu;

/** Where other commands of CI jobs begin, anywhere in a line: `##[error]`, `##vso[`, `##teamcity[`. */
const marker = /##(?=\w*\[)/g;

/** A piece of a line: line ends are escaped too, and it begins no workflow command (`::error::`). */
export const visible = (text: string): string =>
  escaped(text).replace(/^(\s*):(?=:)/, String.raw`$1\u003a`);

/** Whole lines of text. Their ends are their own. */
export const visibleLines = (text: string): string => eachLine(text, visible);

/** JSON text or a piece of it, or other text in which lines may begin with `::`. Line ends are its own. */
export const visibleData = (text: string): string => eachLine(text, escaped);

/** What any line would have in which something is to be done: most text has none of it. */
const suspect = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|::|##/u;

const eachLine = (text: string, show: (line: string) => string): string =>
  suspect.test(text) ? text.split('\n').map(show).join('\n') : text;

/** A value as JSON in which everything can be seen. */
export const jsonText = (value: unknown, indent?: number): string =>
  visibleData(JSON.stringify(value, null, indent));

function escaped(text: string): string {
  const safe = text.includes('##') ? text.replace(marker, String.raw`\u0023#`) : text;
  if (!hidden.test(safe)) return safe;
  const pictures = new Set([...safe.matchAll(inPictures)].map(({ index }) => index));
  return safe.replace(eachHidden, (sign, index: number) =>
    pictures.has(index) ? sign : codes(sign),
  );
}

const codes = (sign: string): string =>
  sign
    .split('')
    .map((unit) => String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, '0'))
    .join('');
