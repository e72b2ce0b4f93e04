import { checkedCommit, descriptionOf } from './commitStatus.ts';
import { ForgeError, type Comment, type Forge, type Issue } from './forge.ts';
import { createSend, type ForgeAccess, type Send } from './http.ts';
import {
  oldestFirst,
  readComment,
  readIssue,
  readPages,
  readUser,
  type WireComment,
  type WireUser,
} from './pages.ts';
import { createPullRequest } from './pullRequests.ts';

/** A repository of GitHub, or of Gitea or Forgejo, whose API is almost the same. */
export interface GithubOptions extends ForgeAccess {
  readonly is: 'GitHub' | 'Gitea';
  /** `owner/name`. */
  readonly repository: string;
}

/** Creates a client. Throws a `ForgeError` if the URL or the name of the repository cannot be used. Sends nothing. */
export function createGithub({ is, repository, ...access }: GithubOptions): Forge {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository) || /(^|\/)\.\.?($|\/)/.test(repository))
    throw new ForgeError('the name of the repository is not of the form owner/name', 'rejected');
  const isGithub = is === 'GitHub';
  const send = createSend(access, {
    authorization: `${isGithub ? 'Bearer' : 'token'} ${access.token}`,
    ...(isGithub ? { 'x-github-api-version': '2022-11-28' } : {}),
  });
  const base = `/repos/${repository}`;
  const pageSize = isGithub ? { per_page: 100 } : { limit: 50 };
  // GitHub tells no user for the token of a job or an app, which belongs to a bot.
  const mayBeOwn = (author: WireComment['author'], user: WireUser | undefined): boolean =>
    user === undefined ? author.isBot || !isGithub : author.id === user.id;
  return {
    comments: (change) => ({
      async list() {
        const user = await readUser(send);
        const items = await readPages(send, {
          path: `${base}/issues/${change}/comments`,
          query: pageSize,
        });
        return items.flatMap((item): readonly Comment[] => {
          const comment = readComment(item, 'user');
          return comment && mayBeOwn(comment.author, user)
            ? [{ id: String(comment.id), body: comment.body }]
            : [];
        });
      },
      async create(body) {
        await send({ method: 'POST', path: `${base}/issues/${change}/comments`, json: { body } });
      },
      async update(id, body) {
        await send({ method: 'PATCH', path: `${base}/issues/comments/${id}`, json: { body } });
      },
    }),
    statuses: {
      async set(commit, { context, state, description, url }) {
        await send({
          method: 'POST',
          path: `${base}/statuses/${checkedCommit(commit)}`,
          json: {
            context,
            state,
            description: descriptionOf(description),
            ...(url === null ? {} : { target_url: url }),
          },
          isRepeatable: true,
        });
      },
    },
    issues: {
      async list() {
        const user = await readUser(send);
        const items = await readPages(send, {
          path: `${base}/issues`,
          query: { ...pageSize, state: 'all', ...ownQuery(isGithub, user) },
        });
        return oldestFirst(
          items.flatMap((item) => {
            const issue = readIssue(item, { number: 'number', body: 'body', author: 'user' });
            return issue && mayBeOwn(issue.author, user) ? [issue] : [];
          }),
        );
      },
      async create({ title, body }) {
        await send({ method: 'POST', path: `${base}/issues`, json: { title, body } });
      },
      update: (id, change) => updateIssue(send, `${base}/issues/${id}`, change),
    },
    pullRequests: {
      create: ({ from: head, to, ...change }) =>
        createPullRequest(
          send,
          { path: `${base}/pulls`, json: { ...change, head, base: to } },
          'html_url',
        ),
    },
  };
}

/** The query for the issues of the token's user. GitHub lists its pull requests among them. */
const ownQuery = (isGithub: boolean, user: WireUser | undefined) => ({
  ...(isGithub ? { sort: 'created', direction: 'asc' } : { type: 'issues' }),
  ...(user?.name === undefined ? {} : { [isGithub ? 'creator' : 'created_by']: user.name }),
});

async function updateIssue(
  send: Send,
  path: string,
  { open, ...change }: Partial<Omit<Issue, 'id'>>,
): Promise<void> {
  const state = open === undefined ? {} : { state: open ? 'open' : 'closed' };
  await send({ method: 'PATCH', path, json: { ...change, ...state } });
}
