import { Type } from 'typebox';
import { ApiError, type Api } from '../model/api.ts';
import type { ResourceKind, Started } from '../model/kind/kind.ts';
import { pathTo } from './lib/path.ts';
import { field, flag, identity, object, optional, text } from './lib/read.ts';
import { rest } from './lib/rest.ts';

const schema = Type.Object(
  {
    kind: Type.Optional(
      Type.Enum(['other', 'dockerhub', 'gcr', 'ghcr', 'digitalocean', 'azure'], {
        description: 'The provider, by whose rules the API checks the other fields.',
      }),
    ),
    namespace: Type.String({ description: 'The namespace inside the registry.' }),
    url: Type.String({ description: 'The URL of the registry.', minLength: 1 }),
    username: Type.String({ description: 'The login name.', minLength: 1 }),
    password: Type.String({
      description: 'The password or token. The API never returns it.',
      minLength: 1,
      writeOnly: true,
      secret: true,
    }),
  },
  { additionalProperties: false },
);

const path = '/container-registries';

const calls = rest(path, (item) => ({
  id: field(item, 'id', identity),
  name: field(item, 'name', text),
  spec: {
    kind: field(item, 'kind', text),
    namespace: field(item, 'namespace', text),
    url: field(item, 'url', text),
    username: field(item, 'username', text),
  },
}));

/** Asks the API to test the login. The write stays in force if the test fails: the failure becomes a note. */
async function testConnection(api: Api, id: string): Promise<Started> {
  try {
    const { success, error } = await api.get(pathTo(path, id, 'test-connection'), {}, readTest);
    return success ? {} : testFailed(error ?? 'no reason was given');
  } catch (error) {
    if (error instanceof ApiError) return testFailed(error.message);
    throw error;
  }
}

const readTest = (answer: unknown) => {
  const body = object(answer);
  return {
    success: field(body, 'success', flag),
    error: field(body, 'error', optional(text)),
  };
};

const testFailed = (reason: string): Started => ({
  note: `the registry's connection test failed: ${reason}`,
});

export default {
  name: 'containerRegistries',
  singular: 'container registry',
  schema,
  examples: [
    {
      name: 'ghcr',
      spec: {
        kind: 'ghcr',
        namespace: 'example',
        url: 'https://ghcr.io',
        username: 'holdfast',
        password: { env: 'GHCR_TOKEN' },
      },
    },
  ],
  ...calls,
  create: async (api, name, spec) => {
    const { id } = await calls.create(api, name, spec);
    return { id, ...(await testConnection(api, id)) };
  },
  update: async (api, id, changed) => {
    await calls.update(api, id, changed);
    return testConnection(api, id);
  },
} satisfies ResourceKind;
