import { ForgeError, type Comment, type Forge } from './forge.ts';
import { createSend, type ForgeAccess } from './http.ts';
import { readComment, readPages, readUserId } from './pages.ts';

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
  const issues = `/repos/${repository}/issues`;
  const pageSize = isGithub ? { per_page: 100 } : { limit: 50 };
  return {
    comments: (change) => ({
      async list() {
        const userId = await readUserId(send);
        const items = await readPages(send, {
          path: `${issues}/${change}/comments`,
          query: pageSize,
        });
        return items.flatMap((item): readonly Comment[] => {
          const comment = readComment(item, 'user');
          if (!comment) return [];
          const { id, body, author } = comment;
          // GitHub tells no user for the token of a job, which belongs to a bot.
          const mayBeOwn = userId === undefined ? author.isBot || !isGithub : author.id === userId;
          return mayBeOwn ? [{ id: String(id), body }] : [];
        });
      },
      async create(body) {
        await send({ method: 'POST', path: `${issues}/${change}/comments`, json: { body } });
      },
      async update(id, body) {
        await send({ method: 'PATCH', path: `${issues}/comments/${id}`, json: { body } });
      },
    }),
  };
}
