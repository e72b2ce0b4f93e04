import { Type } from 'typebox';
import type { Json } from '../model/api.ts';
import type { Listed, ResourceKind } from '../model/kind/kind.ts';
import { reference } from './lib/fields.ts';
import { pathTo } from './lib/path.ts';
import { field, flag, identity, optional, text } from './lib/read.ts';
import { getItem, readId, listItems, withoutNulls, withIds } from './lib/rest.ts';

const schema = Type.Object(
  {
    description: Type.Optional(
      Type.String({ description: 'What the model does. Fixed at creation.', immutable: true }),
    ),
    storageProvider: Type.Optional(
      reference('storageProviders', {
        description:
          'Where its files are stored. Fixed at creation. Default: the provider of the team.',
        immutable: true,
      }),
    ),
    isPublic: Type.Optional(
      Type.Boolean({
        description: 'Whether everyone can read it. Fixed at creation. Default: false.',
        immutable: true,
      }),
    ),
    project: Type.Optional(
      reference('projects', {
        description:
          'The project in which the model is created. To move it later, use the models of a project.',
        immutable: true,
        blocksTargetDeletion: true,
      }),
    ),
  },
  { additionalProperties: false },
);

const path = '/models';

const read = (item: Json): Listed => ({
  id: field(item, 'id', identity),
  name: field(item, 'name', text),
  spec: withoutNulls({
    description: field(item, 'description', optional(text)),
    storageProvider: field(item, 'storageProviderId', optional(identity)),
    isPublic: field(item, 'isPublic', flag),
    project: field(item, 'projectId', optional(identity)),
  }),
});

/** Models. The API cannot update them (FACTS 3.13). */
export default {
  name: 'models',
  singular: 'model',
  schema,
  examples: [
    { name: 'classifier', spec: { description: 'Tells cats from dogs.', isPublic: false } },
    { name: 'embedder', spec: { description: 'Texts as vectors.', project: 'playground' } },
  ],
  list: (api) => listItems(api, path, read),
  get: (api, id) => getItem(api, path, id, read),
  create: async (api, name, spec) => {
    const body = { name, isPublic: false, ...withIds(spec, ['storageProvider', 'project']) };
    return { id: await api.post(path, body, readId) };
  },
  remove: async (api, id) => {
    await api.remove(pathTo(path, id), {}, readId);
    return {};
  },
} satisfies ResourceKind;
