import { Lexer, Parser, type CST } from 'yaml';

/** The maximum depth of nested values, far below what overflows the stack. */
export const maxDepth = 100;

/** The maximum number of open tokens: `maxDepth`, the token being read, and the document. */
const maxOpen = maxDepth + 10;

/** The maximum number of lexemes in a text. Each takes some hundred bytes while the text is read. */
export const maxLexemes = 2_000_000;

/** A token and the number of tokens around it. */
interface Nested {
  readonly token: CST.Token;
  readonly depth: number;
}

/**
 * Splits a text into tokens. `tooDeep` and `tooMany` are the offsets at which a limit is exceeded; reading stops there.
 */
export function tokensIn(text: string): {
  readonly tokens: readonly CST.Token[];
  readonly tooDeep: number | undefined;
  readonly tooMany: number | undefined;
} {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let openCount = 0;
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    openCount = parser.stack.length;
    lexemes += 1;
    if (openCount > maxOpen || lexemes > maxLexemes) break;
  }
  const end = parser.offset;
  if (lexemes > maxLexemes) return { tokens: [], tooDeep: undefined, tooMany: end };
  tokens.push(...parser.end());
  const tooDeepAt = [...tokens.map(tooDeep), openCount > maxOpen ? end : undefined];
  return { tokens, tooDeep: tooDeepAt.find((offset) => offset !== undefined), tooMany: undefined };
}

function tooDeep(token: CST.Token): number | undefined {
  for (const nested of tokensOf(token)) if (nested.depth > maxDepth) return nested.token.offset;
  return undefined;
}

/** The start of each quoted text by its end: the parser reports a missing closing quote at the end. */
export function openings(tokens: readonly CST.Token[]): ReadonlyMap<number, number> {
  const startByEnd = new Map<number, number>();
  for (const top of tokens)
    for (const { token } of tokensOf(top))
      if (/quoted/.test(token.type) && 'source' in token)
        startByEnd.set(endOf(token), token.offset);
  return startByEnd;
}

const endOf = ({ offset, source }: { offset: number; source: string }): number =>
  offset + source.length;

/** Iterates over a token and all its descendants. Not recursive: deep nesting would overflow the stack. */
function* tokensOf(top: CST.Token): Generator<Nested> {
  const open: Nested[] = [{ token: top, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    yield next;
    for (const token of childrenOf(next.token)) open.push({ token, depth: next.depth + 1 });
  }
}

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter((child) => child != null));
}
