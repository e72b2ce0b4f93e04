import { LineCounter } from 'yaml';
import type { PositionOf } from './tree.ts';

/** Converts offsets of a text to positions. Lines end with a line feed; a column counts UTF-16 units. */
export function lineIndex(file: string, text: string): PositionOf {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1))
    lines.addNewLine(end + 1);
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
}
