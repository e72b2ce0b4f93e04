import { Type, type Static } from 'typebox';
import type { Api, Json } from '../model/api.ts';
import type { Listed, ResourceKind } from '../model/kind/kind.ts';
import { pathTo } from './lib/path.ts';
import { field, fieldOf, flag } from './lib/read.ts';
import { listItems } from './lib/rest.ts';
import { teamId } from './lib/team.ts';
import { readUser } from './lib/users.ts';

const schema = Type.Object(
  { role: Type.Enum(['admin', 'member'], { description: 'The role of the user in the team.' }) },
  { additionalProperties: false },
);

function read(item: Json): Listed {
  const isOwner = field(item, 'isOwner', flag);
  const role = isOwner ? 'owner' : field(item, 'isAdmin', flag) ? 'admin' : 'member';
  return {
    ...readUser(item),
    spec: { role },
    ...(isOwner && { readOnlyReason: 'the owner of the team cannot be changed' }),
  };
}

/** The answer to a write: the membership without its user. */
const membership = fieldOf('isAdmin', flag);

const pathOf = async (api: Api, ...user: readonly string[]): Promise<string> =>
  pathTo('/teams', await teamId(api), 'users', ...user);

/**
 * The users of the team, by e-mail address. The owner keeps that role: a declared role differs from it and is blocked.
 * The API cannot invite users, so the create of a missing member is blocked too.
 */
export default {
  name: 'teamMembers',
  singular: 'team member',
  caseInsensitiveNames: true,
  schema,
  names: { title: 'an e-mail address', pattern: '^[^\\s@]+@[^\\s@]+$', fixed: true },
  examples: [
    { name: 'grace@example.com', spec: { role: 'admin' } satisfies Static<typeof schema> },
    { name: 'linus@example.com', spec: { role: 'member' } satisfies Static<typeof schema> },
  ],
  async *list(api) {
    yield* listItems(api, await pathOf(api), read);
  },
  whenMissing: 'the API cannot invite anyone: invite this user in the Paperspace console',
  update: async (api, id, { role }) => {
    await api.put(await pathOf(api, id), { isAdmin: role === 'admin' }, membership);
    return {};
  },
  remove: async (api, id) => {
    await api.remove(await pathOf(api, id), {}, membership);
    return {};
  },
} satisfies ResourceKind;
