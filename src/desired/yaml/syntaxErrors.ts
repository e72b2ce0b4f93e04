import type { YAMLError } from 'yaml';

type Code = YAMLError['code'];

/** Of these the parser complains without cause: it does so after a key that is a list or a map, which we refuse anyway. */
export const ignored: ReadonlySet<Code> = new Set<Code>(['IMPOSSIBLE']);

/** After these the parser goes on as if nothing had been wrong. */
const harmless: ReadonlySet<Code> = new Set<Code>([
  'BAD_ALIAS',
  'BAD_DQ_ESCAPE',
  'BAD_SCALAR_START',
  'KEY_OVER_1024_CHARS',
  'MULTIPLE_ANCHORS',
  'MULTIPLE_TAGS',
  'TAG_RESOLVE_FAILED',
]);

/** The errors of a document up to the first one that leads the parser astray: what it says from there on is not to be trusted. */
export function causes(errors: readonly YAMLError[]): readonly YAMLError[] {
  const sorted = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  const astray = sorted.findIndex(({ code }) => !harmless.has(code));
  return astray < 0 ? sorted : sorted.slice(0, astray + 1);
}

/**
 * What is wrong with a text that is no YAML. The parser's own words serve only where they do not repeat what stands there,
 * which may be a secret.
 */
export function wordsFor({ code, message }: YAMLError): string {
  const words = ownWords[code] ?? message.charAt(0).toLowerCase() + message.slice(1);
  return `not valid YAML: ${message.startsWith('Missing closing') ? unclosed : words}`;
}

const unclosed = 'this quote is never closed';

const ownWords: Partial<Record<Code, string>> = {
  BAD_DIRECTIVE: 'unknown directive; a line that begins with % stands before ---',
  BAD_DQ_ESCAPE:
    'unknown escape in a double-quoted text; write \\\\ for a backslash, or use single quotes',
  BAD_SCALAR_START: 'a text that begins with this sign must be quoted',
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " in one line; quote the value, or begin a new line',
  MULTILINE_IMPLICIT_KEY: 'a key must end on the line on which it begins; is a ":" missing?',
  RESOURCE_EXHAUSTION: 'values nest too deep here',
  TAG_RESOLVE_FAILED: 'unknown tag; quote a text that begins with !',
  UNEXPECTED_TOKEN: 'this cannot stand here',
};
