import { Lexer, Parser, type CST } from 'yaml';

/** How deep values may nest; far below what overflows the stack. */
export const maxDepth = 100;

/** How many tokens may be open while a text is read: one more than nest, for the one that is being read, and the document. */
const maxOpen = maxDepth + 10;

/** How many lexemes a text may have; each takes some hundred bytes while it is read. */
export const maxLexemes = 2_000_000;

/** A token and how many others are around it. */
interface Nested {
  readonly token: CST.Token;
  readonly depth: number;
}

/** The tokens of a text, and the offsets where values nest too deep or are too many; what comes after that is not read. */
export function tokensIn(text: string): {
  readonly tokens: readonly CST.Token[];
  readonly tooDeep: number | undefined;
  readonly tooMany: number | undefined;
} {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let open = 0;
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    open = parser.stack.length;
    lexemes += 1;
    if (open > maxOpen || lexemes > maxLexemes) break;
  }
  const end = parser.offset;
  if (lexemes > maxLexemes) return { tokens: [], tooDeep: undefined, tooMany: end };
  tokens.push(...parser.end());
  const deep = [...tokens.map(tooDeep), open > maxOpen ? end : undefined];
  return { tokens, tooDeep: deep.find((offset) => offset !== undefined), tooMany: undefined };
}

function tooDeep(token: CST.Token): number | undefined {
  for (const nested of tokensOf(token)) if (nested.depth > maxDepth) return nested.token.offset;
  return undefined;
}

/** Where quoted texts begin, by where they end: it is there that the closing quote of a text is missed. */
export function openings(tokens: readonly CST.Token[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const top of tokens)
    for (const { token } of tokensOf(top))
      if (/quoted/.test(token.type) && 'source' in token) found.set(endOf(token), token.offset);
  return found;
}

const endOf = ({ offset, source }: { offset: number; source: string }): number =>
  offset + source.length;

/** A token and all that are in it. Without recursion, which deep nesting would overflow. */
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
