import { Type } from 'typebox';
import type { Listed, ResourceKind } from '../model/kind.ts';
import { reference } from './lib/fields.ts';
import { found, listed, present, withIds } from './lib/rest.ts';

const schema = Type.Object(
  {
    description: Type.Optional(
      Type.String({ description: 'What it is. Fixed at creation.', immutable: true }),
    ),
    storageProvider: Type.Optional(
      reference('storageProviders', {
        description: 'Where its files are kept. Fixed at creation; the team’s default if not set.',
        immutable: true,
      }),
    ),
    isPublic: Type.Optional(
      Type.Boolean({
        description: 'Whether everyone can read it. Fixed at creation; if not set, no.',
        immutable: true,
      }),
    ),
    project: Type.Optional(
      reference('projects', {
        description:
          'The project that it is created in. A project’s models attach it elsewhere later on.',
        immutable: true,
        keepsTarget: true,
      }),
    ),
  },
  { additionalProperties: false },
);

interface Model {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly storageProviderId: string | null;
  readonly isPublic: boolean;
  readonly projectId: string | null;
}

const path = '/models';

const read = ({
  id,
  name,
  description,
  storageProviderId,
  isPublic,
  projectId,
}: Model): Listed => ({
  id,
  name,
  spec: present({ description, storageProvider: storageProviderId, isPublic, project: projectId }),
});

/** Models cannot be updated: the API has no operation for it (FACTS 3.13). */
export default {
  name: 'models',
  singular: 'model',
  schema,
  examples: [
    { name: 'classifier', spec: { description: 'Tells cats from dogs.', isPublic: false } },
    { name: 'embedder', spec: { description: 'Texts as vectors.', project: 'playground' } },
  ],
  list: (api) => listed(api, path, read),
  get: (api, id) => found(api, `${path}/${id}`, read),
  create: (api, name, spec) =>
    api.post<{ id: string }>(path, {
      name,
      isPublic: false,
      ...withIds(spec, ['storageProvider', 'project']),
    }),
  remove: async (api, id) => {
    await api.remove(`${path}/${id}`);
    return {};
  },
} satisfies ResourceKind;
