import { serve, type Reply, type Seen, type TestServer } from '../server.ts';

/** The token that the fake forges accept. */
export const forgeToken = 'forge-canary-token-40717';

/** A comment of a fake forge. */
export interface FakeComment {
  readonly id: number;
  body: string;
  /** The id of its author. */
  readonly author: number;
}

/** What happens to one request in place of an ordinary answer. `lost`: it is carried out, and no answer comes. */
export type Trouble = 'lost' | 'unsent' | Reply;

/** A forge on loopback with one change, number 7. */
export interface FakeForge extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly Seen[];
  readonly comments: FakeComment[];
  /** Adds a comment of this author. Default: the owner of the token. */
  add(body: string, author?: number): void;
  /** Troubles the next request of this method whose path is not /user. */
  next(method: string, trouble: Trouble): void;
  /** `METHOD path` of all requests, without the query. */
  requests(): readonly string[];
}

/** In what two forges differ. */
export interface Dialect {
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

/** GitHub refuses longer comments. */
const maxBody = 65_536;

/** The number of items of a page unless the request asks for another. */
const defaultPage = 30;

/** The id of the owner of the token. */
const self = 1;

export async function fakeForge(dialect: Dialect): Promise<FakeForge> {
  const comments: FakeComment[] = [];
  const troubles: { readonly method: string; readonly trouble: Trouble }[] = [];
  const add = (body: string, author = self): FakeComment => {
    const comment = { id: comments.length + 100, body, author };
    comments.push(comment);
    return comment;
  };
  const shown = ({ id, body, author }: FakeComment) => ({
    id,
    body,
    [dialect.authorField]: { id: author, type: author === self ? 'Bot' : 'User' },
  });
  const list = (url: URL): Reply => {
    const size = Math.min(
      Number(url.searchParams.get(dialect.pageParameter) ?? defaultPage),
      dialect.maxPage,
    );
    const page = Number(url.searchParams.get('page') ?? 1);
    const next = new URL(url);
    next.searchParams.set('page', String(page + 1));
    const hasNext = page * size < comments.length;
    return {
      json: comments.slice((page - 1) * size, page * size).map(shown),
      headers: hasNext ? { link: `<${next.href}>; rel="next", <${url.href}>; rel="last"` } : {},
    };
  };
  const carryOut = ({ method, url: target, headers, body }: Seen): Reply => {
    const url = new URL(target, server.url);
    if (!dialect.isAllowed(headers)) return { status: 401, json: { message: 'Bad credentials' } };
    if (url.pathname === '/user')
      return dialect.tellsUser
        ? { json: { id: self } }
        : { status: 403, json: { message: 'Resource not accessible by integration' } };
    const sent = method === 'GET' ? '' : (JSON.parse(body) as { body: string }).body;
    if (sent.length > maxBody)
      return { status: 422, json: { message: 'body is too long (maximum is 65536 characters)' } };
    if (url.pathname === dialect.listPath && method === 'GET') return list(url);
    if (url.pathname === dialect.listPath && method === 'POST')
      return { status: 201, json: shown(add(sent)) };
    const comment = comments.find(({ id }) => url.pathname === `${dialect.itemPath}/${id}`);
    if (!comment || method !== dialect.updateMethod)
      return { status: 404, json: { message: 'Not Found' } };
    comment.body = sent;
    return { json: shown(comment) };
  };
  const destroy: Reply = (response) => void response.destroy();
  const server: TestServer = await serve((request) => {
    const isUser = request.url === '/user';
    const at = isUser ? -1 : troubles.findIndex(({ method }) => method === request.method);
    const [found] = at < 0 ? [] : troubles.splice(at, 1);
    if (!found) return carryOut(request);
    if (found.trouble === 'unsent') return destroy;
    if (found.trouble !== 'lost') return found.trouble;
    carryOut(request);
    return destroy;
  });
  return {
    url: server.url,
    seen: server.seen,
    comments,
    add: (body, author) => void add(body, author),
    next: (method, trouble) => void troubles.push({ method, trouble }),
    requests: () => server.seen.map(({ method, url }) => `${method} ${url.replace(/\?.*/, '')}`),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
