import { Composer, LineCounter, Parser, type CST, type Document, type YAMLError } from 'yaml';
import type { Source } from '../model/resource.ts';
import type { Problems } from './problems.ts';
import { treeOf } from './compose.ts';
import type { Node } from './tree.ts';

/** One document of a file. */
export interface ParsedDocument {
  /** Undefined: there is nothing in it, or nothing that could be understood. */
  readonly root: Node | undefined;
  /** Its text, where it has syntax errors, which are among the problems: then `root` is not all that was meant. */
  readonly broken: string | undefined;
}

/** How deep values may nest; far below what overflows the stack. */
const maxDepth = 100;

/** YAML 1.2's core schema, whatever a `%YAML` line says: `on`, `off`, `no` are texts. We look at repeated and merge keys ourselves. */
const options = {
  schema: 'core',
  resolveKnownTags: false,
  merge: false,
  uniqueKeys: false,
  intAsBigInt: true,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/**
 * The documents of a text, with positions. What is wrong with them goes to `problems`, in words of ours: the parser's own
 * may repeat what stands there, and that may be a secret.
 */
export function parseDocuments(
  file: string,
  text: string,
  problems: Problems,
): readonly ParsedDocument[] {
  const lines = new LineCounter();
  const at = (offset: number): Source => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: Math.max(col, 1) };
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const depth = tokens.map(tooDeep).find((offset) => offset !== undefined);
  if (depth !== undefined) {
    problems.add(at(depth), 'too-deep', `values nest more than ${maxDepth} levels deep here`);
    return [{ root: undefined, broken: text }];
  }
  const composer = new Composer(options);
  const documents = [...composer.compose(tokens, false, text.length)];
  report(composer.streamInfo().errors, at, problems);
  return documents.map((document) => {
    const { root, complete } = parsed(document, at, problems);
    const [start, , end] = document.range;
    return { root, broken: complete ? undefined : text.slice(start, end) };
  });
}

function parsed(document: Document.Parsed, at: (offset: number) => Source, problems: Problems) {
  const errors = [
    ...document.errors,
    ...document.warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED'),
  ];
  report(errors, at, problems);
  const { root, complete } = treeOf(document, at, problems);
  return { root, complete: complete && errors.length === 0 };
}

/** The first error of each line: those that follow on it are its consequences. */
function report(
  errors: readonly YAMLError[],
  at: (offset: number) => Source,
  problems: Problems,
): void {
  const lines = new Set<number>();
  for (const error of errors) {
    const place = at(error.pos[0]);
    if (!lines.has(place.line)) problems.add(place, 'syntax', wordsFor(error));
    lines.add(place.line);
  }
}

const ownWords: Partial<Record<YAMLError['code'], string>> = {
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

function wordsFor({ code, message }: YAMLError): string {
  const words = ownWords[code] ?? message.charAt(0).toLowerCase() + message.slice(1);
  return `not valid YAML: ${words}`;
}

/** The offset of the first value that nests too deep. Walks without recursion, which deep nesting would overflow. */
function tooDeep(token: CST.Token): number | undefined {
  const open: { token: CST.Token; depth: number }[] = [{ token, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.depth > maxDepth) return next.token.offset;
    for (const child of childrenOf(next.token)) open.push({ token: child, depth: next.depth + 1 });
  }
  return undefined;
}

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter((child) => child != null));
}
