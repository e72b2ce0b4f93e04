import type { ForgeRequest } from './answer.ts';
import { ForgeError } from './forge.ts';
import type { Send } from './http.ts';

/** More comments than any change has. A list that is longer is refused: what is beyond it is not known. */
const maxPages = 100;

/** Reads all pages of a list. Rejects with a `ForgeError` if any page cannot be read. */
export async function readPages(
  send: Send,
  { path, query }: Pick<ForgeRequest, 'path' | 'query'>,
): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const { json, hasNext } = await send({ method: 'GET', path, query: { ...query, page } });
    if (!Array.isArray(json)) throw new ForgeError(`GET ${path} answered no list`, 'unavailable');
    items.push(...(json as readonly unknown[]));
    if (!hasNext) return items;
  }
  throw new ForgeError(`GET ${path} has more than ${maxPages} pages`, 'rejected');
}

/** The fields of a comment that are used here, as the forges answer them. */
export interface WireComment {
  readonly id: number;
  readonly body: string;
  readonly author: { readonly id: number; readonly isBot: boolean };
}

/** Reads a comment; `authorField` names its author. Undefined for an item of another form. */
export function readComment(
  item: unknown,
  authorField: 'user' | 'author',
): WireComment | undefined {
  const { id, body, [authorField]: author } = (item ?? {}) as Readonly<Record<string, unknown>>;
  const { id: authorId, type } = (author ?? {}) as Readonly<Record<string, unknown>>;
  return typeof id === 'number' && typeof body === 'string'
    ? { id, body, author: { id: Number(authorId), isBot: type === 'Bot' } }
    : undefined;
}

/** The id of the user of the token; undefined if the forge does not say so, as for the token of a job. */
export async function readUserId(send: Send): Promise<number | undefined> {
  try {
    const { json } = await send({ method: 'GET', path: '/user' });
    const { id } = (json ?? {}) as { readonly id?: unknown };
    return typeof id === 'number' ? id : undefined;
  } catch (error) {
    if (error instanceof ForgeError && error.verdict === 'rejected') return undefined;
    throw error;
  }
}
