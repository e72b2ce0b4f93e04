import type { Reply, Seen } from '../server.ts';

/** In what two forges differ. */
export interface Dialect {
  readonly is: 'GitHub' | 'Gitea' | 'GitLab';
  /** The path of the repository, below the URL. */
  readonly repository: string;
  /** The path of the comments of the change, below the URL. */
  readonly listPath: string;
  /** The path of one comment, without its id. */
  readonly itemPath: string;
  readonly updateMethod: string;
  readonly maxPage: number;
  readonly pageParameter: string;
  readonly authorField: string;
  /** Whether the headers carry the token. */
  readonly isAllowed: (headers: Seen['headers']) => boolean;
  /** Whether the forge tells who the owner of the token is. */
  readonly tellsUser: boolean;
}

/** The number of items of a page unless the request asks for another. */
const defaultPage = 30;

/** The id of the owner of the token. */
export const self = 1;

/** The login of a user. */
export const loginOf = (id: number): string => `user-${id}`;

/** The author of something, as a forge shows it. */
export const shownAuthor = (id: number) => ({
  id,
  login: loginOf(id),
  type: id === self ? 'Bot' : 'User',
});

/** One page of the items, with a link to the next. */
export function pageOf(
  { pageParameter, maxPage }: Dialect,
  url: URL,
  items: readonly object[],
): Reply {
  const size = Math.min(Number(url.searchParams.get(pageParameter) ?? defaultPage), maxPage);
  const page = Number(url.searchParams.get('page') ?? 1);
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  const hasNext = page * size < items.length;
  return {
    json: items.slice((page - 1) * size, page * size),
    headers: hasNext ? { link: `<${next.href}>; rel="next", <${url.href}>; rel="last"` } : {},
  };
}

export const notFound: Reply = { status: 404, json: { message: 'Not Found' } };
