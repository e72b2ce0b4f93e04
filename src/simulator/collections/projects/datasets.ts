import type { Call } from '../../http/call.ts';
import { change, find } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { time } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { Collection } from '../lib/collection.ts';

interface Dataset extends Row {
  readonly name: string | null;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly teamId: string;
  readonly storageProviderId: string | null;
  readonly dtCreated: number;
  readonly dtModified: number;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly datasets: Dataset;
  }
}

const show = (dataset: Dataset) => ({
  ...dataset,
  dtCreated: time(dataset.dtCreated),
  dtModified: time(dataset.dtModified),
});

interface Filters {
  readonly teamId?: string;
  readonly privacy?: 'PUBLIC' | 'PRIVATE';
}

interface CreateBody {
  readonly name: string;
  readonly description?: string | null;
  readonly storageProviderId?: string;
  readonly isPublic?: boolean;
}

export default {
  tables: { datasets: {} },
  handlers: {
    'datasets-list': (call: Call<unknown, Filters>) => {
      const { teamId, privacy = 'PRIVATE' } = call.query;
      return list(call, {
        table: call.world.datasets,
        show,
        keep: [
          ({ isPublic }) => isPublic === (privacy === 'PUBLIC'),
          teamId === undefined ? undefined : (dataset) => dataset.teamId === teamId,
        ],
      });
    },
    'datasets-create': ({ world, body }: Call<CreateBody>) => {
      const { storageProviderId, isPublic = false, description = null } = body;
      if (storageProviderId !== undefined)
        find(world.storageProviders, storageProviderId, 'Storage provider');
      const standard = world.storageProviders.find(({ isTeamDefault }) => isTeamDefault);
      return show(
        world.datasets.insert({
          id: world.ids.next('ds'),
          name: body.name,
          description,
          isPublic,
          teamId: world.team.id,
          storageProviderId: storageProviderId ?? standard?.id ?? null,
          dtCreated: world.now,
          dtModified: world.now,
        }),
      );
    },
    'datasets-get': ({ world, path }: Call) => show(find(world.datasets, path.id, 'Dataset')),
    'datasets-update': ({ world, path, body }: Call<Partial<CreateBody>>) => {
      const dataset = find(world.datasets, path.id, 'Dataset');
      return show(change(world.datasets, dataset, { ...body, dtModified: world.now }));
    },
    'datasets-delete': ({ world, path }: Call) => {
      const { id } = find(world.datasets, path.id, 'Dataset');
      for (const version of world.datasetVersions.in(id)) world.datasetVersions.delete(version.id);
      world.datasets.delete(id);
      return { id };
    },
  },
} satisfies Collection;
