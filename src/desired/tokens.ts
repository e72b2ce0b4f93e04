import type { CST } from 'yaml';

/** How deep values may nest; far below what overflows the stack. */
export const maxDepth = 100;

/** A token and how many others are around it. */
interface Nested {
  readonly token: CST.Token;
  readonly depth: number;
}

/** The offset of the first value that nests too deep. */
export function tooDeep(token: CST.Token): number | undefined {
  for (const nested of tokensOf(token)) if (nested.depth > maxDepth) return nested.token.offset;
  return undefined;
}

/** Where the quoted text begins that ends at an offset: it is there that the closing quote of a text is missed. */
export function openingOf(tokens: readonly CST.Token[], offset: number): number | undefined {
  for (const top of tokens)
    for (const { token } of tokensOf(top))
      if (/quoted/.test(token.type) && 'source' in token && endOf(token) === offset)
        return token.offset;
  return undefined;
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
