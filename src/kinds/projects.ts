import { Type } from 'typebox';
import { ApiError, type Api } from '../model/api.ts';
import type { Companion, Relation, ResourceKind } from '../model/kind.ts';
import { references } from './lib/fields.ts';
import { mapOf } from './lib/map.ts';
import { listed, newest, present, rest } from './lib/rest.ts';
import { secretNames, secretValue } from './lib/secrets.ts';

const schema = Type.Object(
  {
    collaborators: Type.Optional(
      references('users', {
        description: 'Who works on it: e-mail addresses of members of the team.',
        relation: 'set',
      }),
    ),
    tags: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: 'Its tags.',
        uniqueItems: true,
        relation: 'set',
      }),
    ),
    models: Type.Optional(
      references('models', {
        description: 'The models that are attached to it. A model is in one project at most.',
        relation: 'set',
      }),
    ),
    secrets: Type.Optional(
      mapOf(
        secretValue('The secret. The API never returns it.'),
        secretNames,
        'Secrets by name. Those that are not named here are left alone.',
      ),
    ),
  },
  { additionalProperties: false },
);

const path = '/projects';

/** The list of what a project has of a sort, items translated by `read`. */
const membersAt =
  <Item>(part: string, read: (item: Item) => { readonly id: string; readonly name: string }) =>
  (api: Api, id: string) =>
    listed<Item>(api, `${path}/${id}/${part}`, (item) => ({ ...read(item), spec: {} }));

const collaborators: Relation = {
  members: membersAt<{ readonly user: { readonly id: string; readonly email: string } }>(
    'collaborators',
    ({ user }) => ({ id: user.id, name: user.email }),
  ),
  assign: async (api, id, userId) => {
    await api.post(`${path}/${id}/collaborators`, { userId });
  },
  unassign: async (api, id, userId) => {
    await api.remove(`${path}/${id}/collaborators/${userId}`);
  },
};

/** A tag is known by its name: the API takes no id of one (FACTS 3.10). */
const tags: Relation = {
  members: membersAt<{ readonly name: string }>('tags', ({ name }) => ({ id: name, name })),
  assign: async (api, id, name) => {
    await api.post(`${path}/${id}/tags`, { name });
  },
  unassign: async (api, id, name) => {
    await api.remove(`${path}/${id}/tags`, { name });
  },
};

const models: Relation = {
  members: membersAt<{ readonly id: string; readonly name: string }>('models', (model) => model),
  assign: async (api, id, model) => {
    await api.post(`${path}/${id}/models/${model}`);
  },
  unassign: async (api, id, model) => {
    await api.remove(`${path}/${id}/models/${model}`);
  },
};

const setSecret = async (api: Api, id: string, name: string, value: unknown): Promise<void> => {
  await api.patch(`${path}/${id}/secrets/${name}`, { value });
};

/** Whether creating a secret that exists is refused or overwrites it is not documented (FACTS 9): after a refusal it is changed. */
const secrets: Relation = {
  members: membersAt<{ readonly name: string }>('secrets', ({ name }) => ({ id: name, name })),
  assign: async (api, id, name, value) => {
    try {
      await api.post(`${path}/${id}/secrets`, { name, value });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
      await setSecret(api, id, name, value);
    }
  },
  update: setSecret,
};

/** What answers carry of an entry in a project's log and Holdfast reads (schema ProjectActivity). */
interface Activity {
  readonly action: string;
  readonly dtCreated: string;
  readonly data?: { readonly from: number; readonly to: number } | null;
  readonly deployment?: { readonly name: string } | null;
  readonly actor?: { readonly email?: string | null } | null;
}

const activity: Companion = async (api, { id }) =>
  (await newest<Activity>(api, `${path}/${id}/activity`)).map((entry) =>
    present({
      at: entry.dtCreated,
      action: entry.action,
      deployment: entry.deployment?.name,
      from: entry.data?.from,
      to: entry.data?.to,
      by: entry.actor?.email,
    }),
  );

export default {
  name: 'projects',
  singular: 'project',
  schema,
  examples: [
    {
      name: 'vision',
      spec: {
        collaborators: ['grace@example.com', 'linus@example.com'],
        tags: ['production', 'images'],
        models: ['classifier'],
        secrets: { HUB_TOKEN: { env: 'HUB_TOKEN' } },
      },
    },
    { name: 'playground', spec: {} },
  ],
  ...rest<{ readonly id: string; readonly name: string }>(path, ({ id, name }) => ({
    id,
    name,
    spec: {},
  })),
  relations: { collaborators, tags, models, secrets },
  companions: { activity },
} satisfies ResourceKind;
