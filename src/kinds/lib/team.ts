import { ApiError, type Api } from '../../model/api.ts';

interface Session {
  readonly team: { readonly id: string };
}

const known = new WeakMap<Api, Promise<string>>();

/** The id of the team that the key acts for; asked for once in the life of `api` (FACTS 5.1). Rejects with an `ApiError`. */
export function teamId(api: Api): Promise<string> {
  const asked = known.get(api) ?? ask(api);
  known.set(api, asked);
  asked.catch(() => known.delete(api));
  return asked;
}

async function ask(api: Api): Promise<string> {
  const session = await api.get<Session>('/auth/session');
  if (session === null)
    throw new ApiError('GET /auth/session: the API knows no such key', { verdict: 'rejected' });
  return session.team.id;
}
