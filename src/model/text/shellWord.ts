/** A text as one word of a command line that people copy: quoted unless it is a plain name. */
export const shellWord = (text: string): string =>
  /^[\w./@:-]+$/.test(text) ? text : `'${text.toWellFormed().replaceAll("'", String.raw`'\''`)}'`;
