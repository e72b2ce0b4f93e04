/** A text as one quoted word of a POSIX shell. */
export const quotedWord = (text: string): string =>
  `'${text.toWellFormed().replaceAll("'", String.raw`'\''`)}'`;

/** A text as one word of a command line that people copy: quoted unless it is a plain name. */
export const shellWord = (text: string): string =>
  /^[\w./@:-]+$/.test(text) ? text : quotedWord(text);
