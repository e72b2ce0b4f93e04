import { checkedCommit, descriptionOf } from './commitStatus.ts';
import { ForgeError, type Comment, type CommitStatus, type Forge } from './forge.ts';
import { createSend, type ForgeAccess } from './http.ts';
import { oldestFirst, readComment, readIssue, readPages, readUser } from './pages.ts';
import { createPullRequest } from './pullRequests.ts';

/** A project of GitLab. */
export interface GitlabOptions extends ForgeAccess {
  /** The number of the project, or its path: `group/subgroup/name`. */
  readonly project: string;
}

/** Creates a client. Throws a `ForgeError` if the URL or the project cannot be used. Sends nothing. */
export function createGitlab({ project, ...access }: GitlabOptions): Forge {
  if (!/^(\d+|[\w.-]+(\/[\w.-]+)+)$/.test(project))
    throw new ForgeError('the project is neither a number nor a path like group/name', 'rejected');
  const send = createSend(access, { 'private-token': access.token });
  const base = `/projects/${encodeURIComponent(project)}`;
  const paging = { per_page: 100, sort: 'asc', order_by: 'created_at' };
  return {
    comments(change) {
      const path = `${base}/merge_requests/${change}/notes`;
      return {
        async list() {
          const user = await readUser(send);
          const items = await readPages(send, { path, query: paging });
          return items.flatMap((item): readonly Comment[] => {
            const note = readComment(item, 'author');
            const mayBeOwn = note && (user === undefined || note.author.id === user.id);
            return mayBeOwn ? [{ id: String(note.id), body: note.body }] : [];
          });
        },
        async create(body) {
          await send({ method: 'POST', path, json: { body } });
        },
        async update(id, body) {
          await send({ method: 'PUT', path: `${path}/${id}`, json: { body } });
        },
      };
    },
    statuses: {
      async set(commit, { context: name, state, description, url }) {
        const request = {
          method: 'POST',
          path: `${base}/statuses/${checkedCommit(commit)}`,
          json: {
            name,
            state: stateOf[state],
            description: descriptionOf(description),
            ...(url === null ? {} : { target_url: url }),
          },
          isRepeatable: true,
        } as const;
        await send(request).catch((error: unknown) => {
          if (!isInState(error, stateOf[state])) throw error;
        });
      },
    },
    issues: {
      async list() {
        const user = await readUser(send);
        const own = user ? { author_id: user.id } : {};
        const items = await readPages(send, {
          path: `${base}/issues`,
          query: { ...paging, scope: 'all', ...own },
        });
        return oldestFirst(
          items.flatMap((item) => {
            const issue = readIssue(item, { number: 'iid', body: 'description', author: 'author' });
            return issue && (user === undefined || issue.author.id === user.id) ? [issue] : [];
          }),
        );
      },
      async create({ title, body: description }) {
        await send({ method: 'POST', path: `${base}/issues`, json: { title, description } });
      },
      async update(id, { title, body: description, open }) {
        const event = open === undefined ? undefined : open ? 'reopen' : 'close';
        const json = { title, description, state_event: event };
        await send({ method: 'PUT', path: `${base}/issues/${id}`, json });
      },
    },
    pullRequests: {
      create: ({ title, body: description, from, to }) =>
        createPullRequest(
          send,
          {
            path: `${base}/merge_requests`,
            json: { title, description, source_branch: from, target_branch: to },
          },
          'web_url',
        ),
    },
  };
}

const stateOf: Readonly<Record<CommitStatus['state'], string>> = {
  pending: 'pending',
  success: 'success',
  failure: 'failed',
};

/** Whether GitLab refused a status because the commit has it already: `Cannot transition … from :pending`. */
const isInState = (error: unknown, state: string): boolean =>
  error instanceof ForgeError &&
  error.status === 400 &&
  /Cannot transition status/.test(error.message) &&
  new RegExp(`from :${state}\\b`).test(error.message);
