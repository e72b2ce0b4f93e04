import type { Clock } from '../model/time/clock.ts';
import { createOnce } from './createOnce.ts';
import type { Comment, Comments } from './forge.ts';

/**
 * Creates the comment that begins with `marker`, or replaces its body: there is one such comment. `body` begins with
 * the marker. A create whose result is uncertain is never repeated: the list is read again, and if it does not show the
 * comment, this rejects. The next call then finds it. If there are several such comments, the first one stays, and the
 * others lose the marker. Rejects with a `ForgeError`.
 */
export async function publishComment(
  comments: Comments,
  { marker, body }: { readonly marker: string; readonly body: string },
  clock: Clock,
): Promise<'created' | 'updated'> {
  const [first, ...others] = await marked(comments, marker);
  if (!first) {
    await createOnce(
      () => comments.create(body),
      async () => (await marked(comments, marker)).length > 0,
      clock,
    );
    return 'created';
  }
  await comments.update(first.id, body);
  for (const { id } of others) await comments.update(id, replaced);
  return 'updated';
}

const replaced = 'An earlier comment has the plan of this change.';

const marked = async (comments: Comments, marker: string): Promise<readonly Comment[]> =>
  (await comments.list()).filter(({ body }) => body.startsWith(marker));
