import type { Reply, Seen } from '../server.ts';
import { notFound, type Dialect } from './dialect.ts';

/** A status of a commit, as a fake forge keeps it. */
export interface FakeStatus {
  readonly commit: string;
  readonly context: string;
  readonly state: string;
  readonly description: string;
  readonly url: string | undefined;
}

export interface FakeStatuses {
  /** All statuses that were set, in order. */
  readonly statuses: FakeStatus[];
  /** The answer to a request whose path is that of statuses; undefined if it is not. */
  answer(request: Seen, url: URL): Reply | undefined;
}

/**
 * The statuses of a fake forge, with the limits of the real one. It knows every commit that does not begin with eight
 * zeros, so each that Git makes.
 */
export function fakeStatuses({ is, repository }: Dialect): FakeStatuses {
  const isGitlab = is === 'GitLab';
  const states = ['pending', 'success', isGitlab ? 'failed' : 'failure'];
  const longest = { GitHub: 140, Gitea: Infinity, GitLab: 255 }[is];
  const statuses: FakeStatus[] = [];
  return {
    statuses,
    answer({ method, body }, { pathname }) {
      const prefix = `${repository}/statuses/`;
      if (!pathname.startsWith(prefix)) return undefined;
      const commit = pathname.slice(prefix.length);
      if (method !== 'POST' || commit.startsWith('00000000')) return notFound;
      const sent = JSON.parse(body) as Readonly<Record<string, string | undefined>>;
      const { state = '', description = '', target_url: url } = sent;
      const context = sent[isGitlab ? 'name' : 'context'] ?? 'default';
      if (!states.includes(state) || description.length > longest)
        return { status: isGitlab ? 400 : 422, json: { message: 'Validation Failed' } };
      const current = statuses.findLast((one) => one.commit === commit && one.context === context);
      if (isGitlab && current?.state === 'pending' && state === 'pending')
        return { status: 400, json: { message: cannotTransition } };
      statuses.push({ commit, context, state, description, url });
      return { status: 201, json: { id: statuses.length } };
    },
  };
}

const cannotTransition =
  'Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via "enqueue")';
