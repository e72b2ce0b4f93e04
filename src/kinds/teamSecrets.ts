import { Type } from 'typebox';
import type { Api, Json } from '../model/api.ts';
import type { Listed, ResourceKind } from '../model/kind/kind.ts';
import { pathTo } from './lib/path.ts';
import { listItems, readName } from './lib/rest.ts';
import { secretNames, secretValue } from './lib/secrets.ts';
import { teamId } from './lib/team.ts';

const schema = Type.Object(
  { value: secretValue('The value. The API never returns it.') },
  { additionalProperties: false },
);

const pathOf = async (api: Api, ...name: readonly string[]): Promise<string> =>
  pathTo('/teams', await teamId(api), 'secrets', ...name);

function read(item: Json): Listed {
  const name = readName(item);
  return { id: name, name, spec: {} };
}

/** Secrets that every project of the team may use. The name is the API's key and serves as the id. */
export default {
  name: 'teamSecrets',
  singular: 'team secret',
  schema,
  names: { ...secretNames, fixed: true },
  examples: [{ name: 'WANDB_API_KEY', spec: { value: { env: 'WANDB_API_KEY' } } }],
  async *list(api) {
    yield* listItems(api, await pathOf(api), read);
  },
  create: async (api, name, { value }) => {
    await api.post(await pathOf(api), { name, value }, readName);
    return { id: name };
  },
  update: async (api, id, { value }) => {
    await api.patch(await pathOf(api, id), { value }, readName);
    return {};
  },
  remove: async (api, id) => {
    await api.remove(await pathOf(api, id), {}, readName);
    return {};
  },
} satisfies ResourceKind;
