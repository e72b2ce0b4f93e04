import type { ForgeRequest } from './answer.ts';
import { ForgeError, type Issue } from './forge.ts';
import type { Send } from './http.ts';

/** More pages than any list has. A list that is longer is refused: what is beyond it is not known. */
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
export function readComment(item: unknown, authorField: AuthorField): WireComment | undefined {
  const { id, body } = fieldsOf(item);
  return typeof id === 'number' && typeof body === 'string'
    ? { id, body, author: readAuthor(item, authorField) }
    : undefined;
}

/** An issue as the forges answer it. */
export interface WireIssue extends Issue {
  readonly author: WireComment['author'];
}

/** The names of an issue's fields. */
export interface IssueFields {
  readonly number: 'number' | 'iid';
  readonly body: 'body' | 'description';
  readonly author: AuthorField;
}

/** Reads an issue. Undefined for an item of another form, and for a pull request, which GitHub lists as an issue. */
export function readIssue(item: unknown, fields: IssueFields): WireIssue | undefined {
  const { [fields.number]: number, [fields.body]: body, ...rest } = fieldsOf(item);
  const { title, state, pull_request: pullRequest } = rest;
  return typeof number === 'number' && typeof title === 'string' && pullRequest == null
    ? {
        id: String(number),
        title,
        body: typeof body === 'string' ? body : '',
        open: state !== 'closed',
        author: readAuthor(item, fields.author),
      }
    : undefined;
}

/** The issues, oldest first. Pages shift while they are read, so that an issue may be on two of them. */
export const oldestFirst = (issues: readonly WireIssue[]): readonly Issue[] =>
  [...new Map(issues.map((issue) => [issue.id, issue])).values()].toSorted(
    (a, b) => Number(a.id) - Number(b.id),
  );

type AuthorField = 'user' | 'author';

const fieldsOf = (item: unknown) => (item ?? {}) as Readonly<Record<string, unknown>>;

function readAuthor(item: unknown, authorField: AuthorField): WireComment['author'] {
  const { id, type } = fieldsOf(fieldsOf(item)[authorField]);
  return { id: Number(id), isBot: type === 'Bot' };
}

/** The user of a token. `name` is the login. */
export interface WireUser {
  readonly id: number;
  readonly name: string | undefined;
}

/** The user of the token; undefined if the forge does not say so, as for the token of a job. */
export async function readUser(send: Send): Promise<WireUser | undefined> {
  try {
    const { json } = await send({ method: 'GET', path: '/user' });
    const { id, login } = fieldsOf(json);
    return typeof id === 'number'
      ? { id, name: typeof login === 'string' ? login : undefined }
      : undefined;
  } catch (error) {
    if (error instanceof ForgeError && error.verdict === 'rejected') return undefined;
    throw error;
  }
}
