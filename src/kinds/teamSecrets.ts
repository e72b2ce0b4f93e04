import { Type } from 'typebox';
import type { Api } from '../model/api.ts';
import type { ResourceKind } from '../model/kind.ts';
import { listed } from './lib/rest.ts';
import { secretNames, secretValue } from './lib/secrets.ts';
import { teamId } from './lib/team.ts';

const schema = Type.Object(
  { value: secretValue('The value. The API never returns it.') },
  { additionalProperties: false },
);

const pathOf = async (api: Api): Promise<string> => `/teams/${await teamId(api)}/secrets`;

/** Secrets that every project of the team may use. The name is the API's key, and stands for the id. */
export default {
  name: 'teamSecrets',
  singular: 'team secret',
  schema,
  names: { ...secretNames, fixed: true },
  examples: [{ name: 'WANDB_API_KEY', spec: { value: { env: 'WANDB_API_KEY' } } }],
  async *list(api) {
    yield* listed<{ name: string }>(api, await pathOf(api), ({ name }) => ({
      id: name,
      name,
      spec: {},
    }));
  },
  create: async (api, name, { value }) => {
    await api.post(await pathOf(api), { name, value });
    return { id: name };
  },
  update: async (api, id, { value }) => {
    await api.patch(`${await pathOf(api)}/${id}`, { value });
    return {};
  },
  remove: async (api, id) => {
    await api.remove(`${await pathOf(api)}/${id}`);
    return {};
  },
} satisfies ResourceKind;
