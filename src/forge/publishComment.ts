import type { Clock } from '../model/time/clock.ts';
import { ForgeError, type Comment, type Comments } from './forge.ts';

/** The pauses in milliseconds before the list is read again for a comment whose create had no certain result. */
const looksAfterMs = [1000, 3000, 8000];

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
    await createOnce(comments, { marker, body }, clock);
    return 'created';
  }
  await comments.update(first.id, body);
  for (const { id } of others) await comments.update(id, replaced);
  return 'updated';
}

const replaced = 'An earlier comment has the plan of this change.';

const marked = async (comments: Comments, marker: string): Promise<readonly Comment[]> =>
  (await comments.list()).filter(({ body }) => body.startsWith(marker));

async function createOnce(
  comments: Comments,
  { marker, body }: { readonly marker: string; readonly body: string },
  clock: Clock,
): Promise<void> {
  try {
    await comments.create(body);
  } catch (error) {
    if (!(error instanceof ForgeError) || error.verdict !== 'uncertain') throw error;
    for (const pause of looksAfterMs) {
      await clock.sleep(pause);
      if ((await marked(comments, marker)).length > 0) return;
    }
    throw error;
  }
}
