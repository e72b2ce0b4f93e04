import { ForgeError, type Comment, type Forge } from './forge.ts';
import { createSend, type ForgeAccess } from './http.ts';
import { readComment, readPages, readUserId } from './pages.ts';

/** A project of GitLab. */
export interface GitlabOptions extends ForgeAccess {
  /** The number of the project. */
  readonly project: string;
}

/** Creates a client. Throws a `ForgeError` if the URL or the number of the project cannot be used. Sends nothing. */
export function createGitlab({ project, ...access }: GitlabOptions): Forge {
  if (!/^\d+$/.test(project))
    throw new ForgeError('the id of the project is not a number', 'rejected');
  const send = createSend(access, { 'private-token': access.token });
  return {
    comments(change) {
      const path = `/projects/${project}/merge_requests/${change}/notes`;
      return {
        async list() {
          const userId = await readUserId(send);
          const items = await readPages(send, {
            path,
            query: { per_page: 100, sort: 'asc', order_by: 'created_at' },
          });
          return items.flatMap((item): readonly Comment[] => {
            const note = readComment(item, 'author');
            const mayBeOwn = note && (userId === undefined || note.author.id === userId);
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
  };
}
