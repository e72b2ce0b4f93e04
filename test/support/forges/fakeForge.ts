import { serve, type Reply, type Seen, type TestServer } from '../server.ts';
import { loginOf, notFound, pageOf, self, shownAuthor, type Dialect } from './dialect.ts';
import { fakeIssues, type FakeIssues } from './fakeIssues.ts';
import { fakePullRequests, type FakePullRequests } from './fakePullRequests.ts';
import { fakeStatuses, type FakeStatuses } from './fakeStatuses.ts';

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

/** A forge on loopback with one change, number 7. Its paths may begin with the version of the API, as `/api/v4`. */
export interface FakeForge extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly Seen[];
  readonly comments: FakeComment[];
  readonly issues: FakeIssues['issues'];
  readonly statuses: FakeStatuses['statuses'];
  readonly pullRequests: FakePullRequests['pullRequests'];
  /** Adds an open issue. Default: of the owner of the token. */
  readonly addIssue: FakeIssues['add'];
  /** Adds a comment of this author. Default: the owner of the token. */
  add(body: string, author?: number): void;
  /** Troubles the next request of this method whose path is not /user. */
  next(method: string, trouble: Trouble): void;
  /** `METHOD path` of all requests, without the query. */
  requests(): readonly string[];
}

/** GitHub refuses longer comments. */
const maxBody = 65_536;

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
    [dialect.authorField]: shownAuthor(author),
  });
  const issues = fakeIssues(dialect);
  const statuses = fakeStatuses(dialect);
  const pulls = fakePullRequests(dialect);
  const carryOut = (request: Seen): Reply => {
    const { method, headers, body } = request;
    const url = new URL(
      request.url.replace(/^\/api\/v\d/, '').replace(/^\/projects\/org%2Fteam\b/, '/projects/42'),
      server.url,
    );
    if (!dialect.isAllowed(headers)) return { status: 401, json: { message: 'Bad credentials' } };
    if (url.pathname === '/user')
      return dialect.tellsUser
        ? { json: { id: self, login: loginOf(self) } }
        : { status: 403, json: { message: 'Resource not accessible by integration' } };
    const other =
      issues.answer(request, url) ?? statuses.answer(request, url) ?? pulls.answer(request, url);
    if (other) return other;
    const sent = method === 'GET' ? '' : (JSON.parse(body) as { body: string }).body;
    if (sent.length > maxBody)
      return { status: 422, json: { message: 'body is too long (maximum is 65536 characters)' } };
    if (url.pathname === dialect.listPath && method === 'GET')
      return pageOf(dialect, url, comments.map(shown));
    if (url.pathname === dialect.listPath && method === 'POST')
      return { status: 201, json: shown(add(sent)) };
    const comment = comments.find(({ id }) => url.pathname === `${dialect.itemPath}/${id}`);
    if (!comment || method !== dialect.updateMethod) return notFound;
    comment.body = sent;
    return { json: shown(comment) };
  };
  const destroy: Reply = (response) => void response.destroy();
  const server: TestServer = await serve((request) => {
    const isUser = request.url.endsWith('/user');
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
    issues: issues.issues,
    statuses: statuses.statuses,
    pullRequests: pulls.pullRequests,
    addIssue: (issue) => issues.add(issue),
    add: (body, author) => void add(body, author),
    next: (method, trouble) => void troubles.push({ method, trouble }),
    requests: () => server.seen.map(({ method, url }) => `${method} ${url.replace(/\?.*/, '')}`),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
