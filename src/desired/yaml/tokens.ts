import { Lexer, Parser, type CST } from 'yaml';

/** The maximum depth of nested values, far below what overflows the stack. */
export const maxDepth = 100;

/** The maximum number of open tokens: `maxDepth`, the token being read, and the document. */
const maxOpen = maxDepth + 10;

/** The maximum number of lexemes in a text. Each takes some hundred bytes while the text is read. */
export const maxLexemes = 2_000_000;

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
    for (const token of parser.next(lexeme)) tokens.push(token);
    openCount = parser.stack.length;
    lexemes += 1;
    if (openCount > maxOpen || lexemes > maxLexemes) break;
  }
  const end = parser.offset;
  if (lexemes > maxLexemes) return { tokens: [], tooDeep: undefined, tooMany: end };
  tokens.push(...parser.end());
  const tooDeepAt = [
    ...tokens.map((token) => tooDeep(token)),
    openCount > maxOpen ? end : undefined,
  ];
  return { tokens, tooDeep: tooDeepAt.find((offset) => offset !== undefined), tooMany: undefined };
}

/** The offset of the first token that is nested too deeply. */
function tooDeep(token: CST.Token, depth = 0): number | undefined {
  if (depth > maxDepth) return token.offset;
  for (const child of childrenOf(token)) {
    const offset = tooDeep(child, depth + 1);
    if (offset !== undefined) return offset;
  }
  return undefined;
}

/**
 * The start of each quoted text by its end: the parser reports a missing closing quote at the end. The tokens are not
 * nested too deeply.
 */
export function openings(
  tokens: readonly CST.Token[],
  startByEnd = new Map<number, number>(),
): ReadonlyMap<number, number> {
  for (const token of tokens) {
    if (/quoted/.test(token.type) && 'source' in token)
      startByEnd.set(token.offset + token.source.length, token.offset);
    openings(childrenOf(token), startByEnd);
  }
  return startByEnd;
}

const noTokens: readonly CST.Token[] = [];

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : noTokens;
  if (!('items' in token)) return noTokens;
  const children: CST.Token[] = [];
  for (const { key, value } of token.items) {
    if (key) children.push(key);
    if (value) children.push(value);
  }
  return children;
}
