/** Offsets, lines, and positions of a text, for changing parts of it. */

/** The column of an offset, from 0. */
export const columnOf = (text: string, offset: number): number => offset - lineStart(text, offset);

/** The offset of the first character of a line. */
export const lineStart = (text: string, offset: number): number =>
  text.lastIndexOf('\n', offset - 1) + 1;

/** The start of the next line after the offset. A value may include the end of its line. */
export function endOfLine(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** Replaces a part of a text. */
export const splice = (text: string, from: number, to: number, by: string): string =>
  text.slice(0, from) + by + text.slice(to);

/** The line end that a text uses. */
export const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** A position in a text. Line and column start at 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const byteOrderMark = '\uFEFF';

/** The position of an offset. A byte order mark has no column. */
export function positionAt(text: string, offset: number): Position {
  const line = text.slice(0, offset).split('\n').length;
  const skipped = line === 1 && text.startsWith(byteOrderMark) ? 1 : 0;
  return { line, column: columnOf(text, offset) + 1 - skipped };
}

/** The offset of a position; the end of the text for a line that it does not have. */
export function offsetAt(text: string, { line, column }: Position): number {
  let start = text.startsWith(byteOrderMark) ? 1 : 0;
  for (let at = 1; at < line; at += 1) {
    const end = text.indexOf('\n', start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  return start + column - 1;
}
