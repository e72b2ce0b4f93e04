/**
 * Escapes text from outside (YAML, the API, file names, requests) for output. A character that is invisible, or that
 * controls a terminal, a log, or a CI job, becomes `\uXXXX`. That escape is also valid inside a JSON string, where it
 * means the same character.
 */

/** Control and format characters, line separators, lone surrogates, and other characters that fonts show as nothing. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const eachHidden = new RegExp(hidden, 'gu');

/** Invisible characters that join or color emoji: 👩‍🔬 consists of three characters. */
const inPictures =
  /(?<=\p{Extended_Pictographic})\ufe0f|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})/gu;

/** Starts of other CI commands, anywhere in a line: `##[error]`, `##vso[`, `##teamcity[`. */
const marker = /##(?=\w*\[)/g;

/** Escapes a piece of a line, line ends included. The result begins no workflow command (`::error::`). */
export const visible = (text: string): string =>
  escaped(text).replace(/^(\s*):(?=:)/, String.raw`$1\u003a`);

/** Escapes whole lines of text and keeps their line ends. */
export const visibleLines = (text: string): string => eachLine(text, visible);

/** Escapes JSON text, a piece of it, or other text whose lines may begin with `::`. Keeps line ends. */
export const visibleData = (text: string): string => eachLine(text, escaped);

/** Matches every text that needs an escape. Most text needs none, and this test is fast. */
const suspect = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|::|##/u;

const eachLine = (text: string, show: (line: string) => string): string =>
  suspect.test(text) ? text.split('\n').map(show).join('\n') : text;

/** Formats a value as JSON with all invisible characters escaped. */
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
