import stringWidth from 'string-width';

/** Signs of one column that Holdfast writes into text. To string-width, a text with other than ASCII is expensive. */
const ownSigns = /[→…·]/g;

const widthOf = (text: string): number => stringWidth(text.replaceAll(ownSigns, '-'));

/**
 * Pads a text with spaces to a number of terminal columns. A wide character takes two columns, a combining one none.
 */
export const padded = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - widthOf(text)));

/** The number of terminal columns of the widest text; 0 for none. */
export const widest = (texts: readonly string[]): number =>
  texts.reduce((width, text) => Math.max(width, widthOf(text)), 0);

const graphemes = new Intl.Segmenter('en');

/** Cuts a text to a number of terminal columns. A text that is cut ends with `…`. */
export function cutTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let cut = '';
  let width = 1;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > columns) break;
    cut += segment;
  }
  return columns < 1 ? '' : `${cut}…`;
}
