import { Type, type Static } from 'typebox';
import type { Api } from '../model/api.ts';
import type { Listed, ResourceKind } from '../model/kind.ts';
import { listed } from './lib/rest.ts';
import { teamId } from './lib/team.ts';

const schema = Type.Object(
  { role: Type.Enum(['admin', 'member'], { description: 'What the user may do in the team.' }) },
  { additionalProperties: false },
);

interface TeamMember {
  readonly isAdmin: boolean;
  readonly isOwner: boolean;
  readonly user: { readonly id: string; readonly email: string };
}

function read({ isAdmin, isOwner, user }: TeamMember): Listed {
  const role = isOwner ? 'owner' : isAdmin ? 'admin' : 'member';
  return {
    id: user.id,
    name: user.email,
    spec: { role },
    ...(isOwner && { fixed: 'the owner of the team cannot be changed' }),
  };
}

const pathOf = async (api: Api): Promise<string> => `/teams/${await teamId(api)}/users`;

/**
 * The users of the team, by e-mail address. Whatever role is declared for the owner differs, and is blocked: the owner stays what
 * it is. The API has no invitation, so a missing member is blocked too.
 */
export default {
  name: 'teamMembers',
  singular: 'team member',
  caseless: true,
  schema,
  names: { title: 'an e-mail address', pattern: '^[^\\s@]+@[^\\s@]+$', fixed: true },
  examples: [
    { name: 'grace@example.com', spec: { role: 'admin' } satisfies Static<typeof schema> },
    { name: 'linus@example.com', spec: { role: 'member' } satisfies Static<typeof schema> },
  ],
  async *list(api) {
    yield* listed<TeamMember>(api, await pathOf(api), read);
  },
  whenMissing: 'the API cannot invite anyone: invite this user in the Paperspace console',
  update: async (api, id, { role }) => {
    await api.put(`${await pathOf(api)}/${id}`, { isAdmin: role === 'admin' });
    return {};
  },
  remove: async (api, id) => {
    await api.remove(`${await pathOf(api)}/${id}`);
    return {};
  },
} satisfies ResourceKind;
