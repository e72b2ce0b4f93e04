import type { YAMLError } from 'yaml';

type Code = YAMLError['code'];

/** Errors that the parser reports without cause, after a key that is a list or a map. Such a key is refused anyway. */
export const ignored: ReadonlySet<Code> = new Set<Code>(['IMPOSSIBLE']);

/** Errors after which the parser continues correctly. */
const harmless: ReadonlySet<Code> = new Set<Code>([
  'BAD_ALIAS',
  'BAD_DQ_ESCAPE',
  'BAD_SCALAR_START',
  'KEY_OVER_1024_CHARS',
  'MULTIPLE_ANCHORS',
  'MULTIPLE_TAGS',
  'TAG_RESOLVE_FAILED',
]);

/** The errors of a document up to the first one that derails the parser: later errors are unreliable. */
export function causes(errors: readonly YAMLError[]): readonly YAMLError[] {
  const sorted = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  const astray = sorted.findIndex(({ code }) => !harmless.has(code));
  return astray < 0 ? sorted : sorted.slice(0, astray + 1);
}

/**
 * The message for a syntax error. Uses the parser's message only where it does not quote the text, which may be a
 * secret.
 */
export function syntaxMessage({ code, message }: YAMLError): string {
  const reason = messages[code] ?? message.charAt(0).toLowerCase() + message.slice(1);
  return `not valid YAML: ${message.startsWith('Missing closing') ? unclosed : reason}`;
}

const unclosed = 'this quote is never closed';

const messages: Partial<Record<Code, string>> = {
  BAD_DIRECTIVE: 'unknown directive; a line that begins with % belongs before ---',
  BAD_DQ_ESCAPE:
    'unknown escape in a double-quoted string; write \\\\ for a backslash, or use single quotes',
  BAD_SCALAR_START: 'a string that begins with this sign must be quoted',
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " in one line; quote the value, or begin a new line',
  MULTILINE_IMPLICIT_KEY: 'a key must end on the line on which it begins; is a ":" missing?',
  RESOURCE_EXHAUSTION: 'values nest too deep here',
  TAG_RESOLVE_FAILED: 'unknown tag; quote a string that begins with !',
  UNEXPECTED_TOKEN: 'this is not allowed here',
};
