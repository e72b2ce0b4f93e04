import { Type } from 'typebox';
import { isRejected, type Api, type Json } from '../model/api.ts';
import type { Detail, Relation } from '../model/kind/capabilities.ts';
import type { Listed, ResourceKind } from '../model/kind/kind.ts';
import type { Spec } from '../model/resource.ts';
import { references } from './lib/fields.ts';
import { mapOf } from './lib/map.ts';
import { pathTo } from './lib/path.ts';
import { amount, field, fieldOf, identity, instant, object, optional, text } from './lib/read.ts';
import { readId, listItems, readName, newest, withoutNulls, rest } from './lib/rest.ts';
import { secretNames, secretValue } from './lib/secrets.ts';
import { readUser } from './lib/users.ts';

const schema = Type.Object(
  {
    collaborators: Type.Optional(
      references('users', {
        description: 'The e-mail addresses of the team members who work on the project.',
        relation: 'set',
      }),
    ),
    tags: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: 'The tags of the project.',
        uniqueItems: true,
        relation: 'set',
      }),
    ),
    models: Type.Optional(
      references('models', {
        description: 'The models in the project. A model is in one project at most.',
        relation: 'set',
      }),
    ),
    secrets: Type.Optional(
      mapOf(
        secretValue('The secret. The API never returns it.'),
        secretNames,
        'Secrets by name. Secrets that are not declared here are left as they are.',
      ),
    ),
  },
  { additionalProperties: false },
);

const path = '/projects';

/** Returns the function that lists one collection of a project. */
const membersAt = (collection: string, read: (item: Json) => Listed) => (api: Api, id: string) =>
  listItems(api, pathTo(path, id, collection), read);

const collaborators: Relation = {
  members: membersAt('collaborators', readUser),
  assign: async (api, id, userId) => {
    await api.post(pathTo(path, id, 'collaborators'), { userId }, readUser);
  },
  unassign: async (api, id, userId) => {
    const user = pathTo(path, id, 'collaborators', userId);
    await api.remove(user, {}, fieldOf('userId', identity));
  },
};

/** Tags and secrets have no ids: the API identifies them by name (FACTS 3.10). */
function readNamed(answer: unknown): Listed {
  const name = readName(answer);
  return { id: name, name, spec: {} };
}

const tags: Relation = {
  members: membersAt('tags', readNamed),
  assign: async (api, id, name) => {
    await api.post(pathTo(path, id, 'tags'), { name }, readName);
  },
  unassign: async (api, id, name) => {
    await api.remove(pathTo(path, id, 'tags'), { name }, readName);
  },
};

const readModel = (item: Json): Listed => ({
  id: field(item, 'id', identity),
  name: field(item, 'name', text),
  spec: {},
});

const models: Relation = {
  members: membersAt('models', readModel),
  assign: async (api, id, model) => {
    await api.post(pathTo(path, id, 'models', model), undefined, readId);
  },
  unassign: async (api, id, model) => {
    await api.remove(pathTo(path, id, 'models', model), {}, readId);
  },
};

const setSecret = async (api: Api, id: string, name: string, value: unknown): Promise<void> => {
  await api.patch(pathTo(path, id, 'secrets', name), { value }, readName);
};

/**
 * Whether the API refuses to create an existing secret or overwrites it is not documented (FACTS 9): after a refusal it
 * is updated.
 */
const secrets: Relation = {
  members: membersAt('secrets', readNamed),
  assign: async (api, id, name, value) => {
    try {
      await api.post(pathTo(path, id, 'secrets'), { name, value }, readName);
    } catch (error) {
      if (!isRejected(error, 409)) throw error;
      await setSecret(api, id, name, value);
    }
  },
  update: setSecret,
};

/** Reads an entry of a project's log (schema ProjectActivity). */
function readActivity(entry: Json): Spec {
  const change = field(entry, 'data', optional(object)) ?? {};
  const deployment = field(entry, 'deployment', optional(fieldOf('name', text)));
  const actor = field(entry, 'actor', optional(fieldOf('email', optional(text))));
  return withoutNulls({
    at: field(entry, 'dtCreated', instant),
    action: field(entry, 'action', text),
    deployment,
    from: field(change, 'from', optional(amount)),
    to: field(change, 'to', optional(amount)),
    by: actor,
  });
}

const activity: Detail = (api, { id }) => newest(api, pathTo(path, id, 'activity'), readActivity);

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
  ...rest(path, (item) => ({
    id: field(item, 'id', identity),
    name: field(item, 'name', text),
    spec: {},
  })),
  relations: { collaborators, tags, models, secrets },
  details: { activity },
} satisfies ResourceKind;
