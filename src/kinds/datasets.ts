import { Type } from 'typebox';
import type { Api, Json } from '../model/api.ts';
import type { Listed, ResourceKind } from '../model/kind/kind.ts';
import type { Spec } from '../model/resource.ts';
import { versions, versionsField } from './lib/datasetVersions.ts';
import { reference } from './lib/fields.ts';
import { field, flag, identity, optional, text } from './lib/read.ts';
import { listItems, withoutNulls, rest, withIds } from './lib/rest.ts';
import { teamId } from './lib/team.ts';

const schema = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'What the dataset contains.' })),
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
    versions: Type.Optional(versionsField),
  },
  { additionalProperties: false },
);

const path = '/datasets';

function read(item: Json): Listed {
  const id = field(item, 'id', identity);
  return {
    id,
    name: field(item, 'name', optional(text)) ?? id,
    spec: withoutNulls({
      description: field(item, 'description', optional(text)),
      storageProvider: field(item, 'storageProviderId', optional(identity)),
      isPublic: field(item, 'isPublic', flag),
    }),
  };
}

const readWithTeam = (item: Json) => ({
  dataset: read(item),
  team: field(item, 'teamId', identity),
});

/**
 * Lists the private datasets, and the team's public ones if a spec declares one or `declared` is not given: the API
 * lists only private ones by default (FACTS 3.13).
 */
async function* list(api: Api, declared?: readonly Spec[]): AsyncIterable<readonly Listed[]> {
  yield* listItems(api, path, read);
  if (declared && !declared.some(({ isPublic }) => isPublic === true)) return;
  const team = await teamId(api);
  const query = { privacy: 'PUBLIC', teamId: team };
  for await (const page of api.list(path, query, readWithTeam))
    yield page.filter((item) => item.team === team).map(({ dataset }) => dataset);
}

export default {
  name: 'datasets',
  singular: 'dataset',
  schema,
  examples: [
    {
      name: 'cats-and-dogs',
      spec: {
        description: 'Photographs with labels.',
        isPublic: false,
        versions: {
          v1: { message: 'First', metadata: { images: 25_000 }, isCommitted: true },
          v2: { message: 'With foxes', isCommitted: false },
        },
      },
    },
    { name: 'leaderboard', spec: { description: 'Results for everyone.', isPublic: true } },
  ],
  ...rest(path, read, (spec) => withIds(spec, ['storageProvider'])),
  list,
  relations: { versions },
} satisfies ResourceKind;
