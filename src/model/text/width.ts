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
