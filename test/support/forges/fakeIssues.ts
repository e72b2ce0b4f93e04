import type { Reply, Seen } from '../server.ts';
import { loginOf, notFound, pageOf, self, shownAuthor, type Dialect } from './dialect.ts';

/** An issue of a fake forge. */
export interface FakeIssue {
  readonly number: number;
  title: string;
  body: string;
  open: boolean;
  /** The id of its author. */
  readonly author: number;
  readonly isPullRequest: boolean;
}

export interface FakeIssues {
  readonly issues: FakeIssue[];
  /** Adds an open issue. Default: of the owner of the token. */
  add(issue: Pick<FakeIssue, 'body'> & Partial<FakeIssue>): FakeIssue;
  /** The answer to a request whose path is that of issues; undefined if it is not. */
  answer(request: Seen, url: URL): Reply | undefined;
}

type Sent = Readonly<Record<string, string | undefined>>;

/** The issues of a fake forge, with the limits and defaults of the real one. */
export function fakeIssues(dialect: Dialect): FakeIssues {
  const { is, repository, updateMethod } = dialect;
  const isGitlab = is === 'GitLab';
  const issues: FakeIssue[] = [];
  const add: FakeIssues['add'] = (issue) => {
    const number = issues.length + 1;
    const added = { title: 'a title', open: true, author: self, isPullRequest: false, ...issue };
    issues.push({ number, ...added });
    return issues.at(-1) as FakeIssue;
  };
  const shown = ({ number, title, body, open, author, isPullRequest }: FakeIssue) => ({
    id: number + 9000,
    [isGitlab ? 'iid' : 'number']: number,
    title,
    [isGitlab ? 'description' : 'body']: body === '' ? null : body,
    state: open ? (isGitlab ? 'opened' : 'open') : 'closed',
    [dialect.authorField]: shownAuthor(author),
    ...(is === 'GitHub' && !isPullRequest ? {} : { pull_request: isPullRequest ? {} : null }),
  });
  const list = (url: URL): Reply => {
    const query = (name: string) => url.searchParams.get(name);
    // GitHub and Gitea list only open issues by default, the newest first.
    const state = query('state') ?? (isGitlab ? 'all' : 'open');
    const found = issues
      .filter(({ open }) => state === 'all' || open)
      .filter(({ isPullRequest }) => !isPullRequest || (is === 'GitHub' && query('type') === null))
      .filter(({ author }) => {
        const wanted = query({ GitHub: 'creator', Gitea: 'created_by', GitLab: 'author_id' }[is]);
        return wanted === null || wanted === (isGitlab ? String(author) : loginOf(author));
      });
    const isOldestFirst = query(isGitlab ? 'sort' : 'direction') === 'asc';
    return pageOf(dialect, url, (isOldestFirst ? found : found.toReversed()).map(shown));
  };
  const apply = (issue: FakeIssue, sent: Sent): void => {
    issue.title = sent['title'] ?? issue.title;
    issue.body = (isGitlab ? sent['description'] : sent['body']) ?? issue.body;
    const state = sent[isGitlab ? 'state_event' : 'state'];
    if (state !== undefined) issue.open = state === 'open' || state === 'reopen';
  };
  return {
    issues,
    add,
    answer({ method, body }, url) {
      const { pathname } = url;
      const path = `${repository}/issues`;
      if (!new RegExp(`^${path}(/\\d+)?$`).test(pathname)) return undefined;
      if (method === 'GET') return pathname === path ? list(url) : notFound;
      const sent = JSON.parse(body) as Sent;
      const refusal = refused(dialect, sent);
      if (refusal) return refusal;
      if (pathname === path && method === 'POST') {
        const issue = add({ body: '' });
        apply(issue, sent);
        return { status: 201, json: shown(issue) };
      }
      const issue = issues.find(({ number }) => pathname === `${path}/${number}`);
      if (!issue || method !== updateMethod) return notFound;
      apply(issue, sent);
      return { status: is === 'Gitea' ? 201 : 200, json: shown(issue) };
    },
  };
}

/** The refusal of a title or a text that is too long. */
function refused({ is }: Dialect, sent: Sent): Reply | undefined {
  const status = is === 'GitLab' ? 400 : 422;
  if ((sent['title'] ?? '').length > (is === 'GitHub' ? 256 : 255))
    return { status, json: { message: 'title is too long' } };
  const text = sent['body'] ?? sent['description'] ?? '';
  return text.length > (is === 'GitLab' ? 1_048_576 : 65_536)
    ? { status, json: { message: 'body is too long' } }
    : undefined;
}
