import type { Clock } from '../model/time/clock.ts';
import { createOnce } from './createOnce.ts';
import type { Issue, Issues } from './forge.ts';

/** An issue as it should be. */
export interface WantedIssue extends Omit<Issue, 'id'> {
  /** What its body begins with, and no other issue's. */
  readonly marker: string;
}

/**
 * Keeps one issue, whose body begins with `marker`: creates it if it should be open and there is none, replaces title
 * and body if they differ, closes it, and reopens it. A closed issue that should be closed stays as it is, whatever its
 * body. A create whose result is uncertain is never repeated. If there are several such issues, the oldest stays, and
 * the others are closed. Sends no write if nothing differs. Rejects with a `ForgeError`.
 */
export async function publishIssue(
  issues: Issues,
  wanted: WantedIssue,
  clock: Clock,
): Promise<'created' | 'updated' | 'unchanged'> {
  const { marker, title, body, open } = wanted;
  const [first, ...others] = await marked(issues, marker);
  if (!first) {
    if (!open) return 'unchanged';
    await createOnce(
      () => issues.create({ title, body }),
      async () => (await marked(issues, marker)).length > 0,
      clock,
    );
    return 'created';
  }
  const change = changeOf(first, wanted);
  if (change) await issues.update(first.id, change);
  const extra = others.filter((other) => other.open);
  for (const { id } of extra) await issues.update(id, { open: false });
  return change || extra.length > 0 ? 'updated' : 'unchanged';
}

const marked = async (issues: Issues, marker: string): Promise<readonly Issue[]> =>
  (await issues.list()).filter(({ body }) => body.startsWith(marker));

/** The fields in which the issue differs; undefined if there are none. */
function changeOf(issue: Issue, wanted: WantedIssue): Partial<Omit<Issue, 'id'>> | undefined {
  if (!issue.open && !wanted.open) return undefined;
  const change = {
    ...(issue.title === wanted.title ? {} : { title: wanted.title }),
    ...(comparable(issue.body) === comparable(wanted.body) ? {} : { body: wanted.body }),
    ...(issue.open === wanted.open ? {} : { open: wanted.open }),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}

/** A body without what a forge may change in it: line ends, and space at its end. */
const comparable = (body: string): string => body.replaceAll('\r\n', '\n').trimEnd();
