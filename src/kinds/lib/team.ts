import { ApiError, type Api } from '../../model/api.ts';
import type { Team } from '../../model/store.ts';

/** What the session carries and Holdfast reads (schema Session). */
interface Session {
  readonly team: Team;
}

const known = new WeakMap<object, Promise<Team>>();

/** The team that the key acts for; asked for once in the life of a client (FACTS 5.1). Rejects with an `ApiError`. */
export function teamOf(api: Api): Promise<Team> {
  const asked = known.get(api.client) ?? ask(api);
  known.set(api.client, asked);
  asked.catch(() => known.delete(api.client));
  return asked;
}

/** The id of that team. */
export const teamId = async (api: Api): Promise<string> => (await teamOf(api)).id;

async function ask(api: Api): Promise<Team> {
  const session = await api.get<Session>('/auth/session');
  if (session === null)
    throw new ApiError('GET /auth/session: the API knows no such key', { verdict: 'rejected' });
  const { id, namespace } = (session as Partial<Session>).team ?? {};
  if (typeof id !== 'string' || id === '')
    throw new ApiError('GET /auth/session answered without a team', { verdict: 'unavailable' });
  return { id, namespace: namespace ?? id };
}
