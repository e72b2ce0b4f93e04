import { Type } from 'typebox';
import type { Api } from '../model/api.ts';
import type { Listed, ResourceKind } from '../model/kind.ts';
import type { Spec } from '../model/resource.ts';
import { versions, versionsField } from './lib/datasetVersions.ts';
import { reference } from './lib/fields.ts';
import { listed, present, rest, withIds } from './lib/rest.ts';
import { teamId } from './lib/team.ts';

const schema = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'What it is.' })),
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
    versions: Type.Optional(versionsField),
  },
  { additionalProperties: false },
);

interface Dataset {
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly storageProviderId: string | null;
  readonly isPublic: boolean;
  readonly teamId: string;
}

const path = '/datasets';

const read = ({ id, name, description, storageProviderId, isPublic }: Dataset): Listed => ({
  id,
  name: name ?? id,
  spec: present({ description, storageProvider: storageProviderId, isPublic }),
});

/** The private ones, and the team's public ones where one is declared or all are asked for: a list shows private ones unless told otherwise (FACTS 3.13). */
async function* list(api: Api, declared?: readonly Spec[]): AsyncIterable<readonly Listed[]> {
  yield* listed(api, path, read);
  if (declared && !declared.some(({ isPublic }) => isPublic === true)) return;
  const team = await teamId(api);
  for await (const page of api.list<Dataset>(path, { privacy: 'PUBLIC', teamId: team }))
    yield page.filter((dataset) => dataset.teamId === team).map(read);
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
  ...rest<Dataset>(path, read, (spec) => withIds(spec, ['storageProvider'])),
  list,
  relations: { versions },
} satisfies ResourceKind;
