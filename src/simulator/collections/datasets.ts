import type { Call, Handlers } from '../call.ts';
import { change, find } from '../find.ts';
import { list } from '../list.ts';
import { time } from '../show.ts';
import type { Row } from '../table.ts';

export interface Dataset extends Row {
  readonly name: string | null;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly teamId: string;
  readonly storageProviderId: string | null;
  readonly dtCreated: number;
  readonly dtModified: number;
}

/** One version of a dataset; its id is made of both. */
export interface DatasetVersion extends Row {
  readonly datasetId: string;
  readonly version: string;
  readonly userId: string;
  readonly message: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly isCommitted: boolean;
  readonly tags: readonly string[];
  readonly dtCreated: number;
  readonly dtModified: number;
}

const show = (dataset: Dataset) => ({
  ...dataset,
  dtCreated: time(dataset.dtCreated),
  dtModified: time(dataset.dtModified),
});

const showVersion = ({ id, ...version }: DatasetVersion) => ({
  ...version,
  url: `gs://datasets/${id}`,
  dtCreated: time(version.dtCreated),
  dtModified: time(version.dtModified),
  usageBytes: '0',
});

interface CreateBody {
  readonly name: string;
  readonly description?: string | null;
  readonly storageProviderId?: string;
  readonly isPublic?: boolean;
}

interface VersionBody {
  readonly message?: string;
  /** Separated by commas. */
  readonly tags?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly isCommitted?: boolean;
}

export const datasetHandlers: Handlers = {
  'datasets-list': (call: Call) => {
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

  'datasetVersions-list': (call: Call) => {
    const wanted = readTags(call.query.tags);
    return list(call, {
      table: call.world.datasetVersions,
      show: showVersion,
      group: calledDataset(call).id,
      keep: [wanted && (({ tags }: DatasetVersion) => wanted.every((tag) => tags.includes(tag)))],
    });
  },
  'datasetVersions-create': (call: Call<VersionBody>) => {
    const { world, body } = call;
    const datasetId = calledDataset(call).id;
    const version = world.ids.next('v');
    const row = world.datasetVersions.insert({
      id: `${datasetId}/${version}`,
      datasetId,
      version,
      userId: world.team.userId,
      message: body.message ?? null,
      metadata: body.metadata ?? null,
      isCommitted: false,
      tags: readTags(body.tags) ?? [],
      dtCreated: world.now,
      dtModified: world.now,
    });
    return showVersion(row);
  },
  'datasetVersions-get': (call: Call) => showVersion(calledVersion(call)),
  'datasetVersions-update': (call: Call<VersionBody>) => {
    const { tags, ...changes } = call.body;
    const row = change(call.world.datasetVersions, calledVersion(call), {
      ...changes,
      ...(tags !== undefined && { tags: readTags(tags) ?? [] }),
      dtModified: call.world.now,
    });
    return showVersion(row);
  },
  'datasetVersions-delete': (call: Call) => {
    const { id, datasetId, version } = calledVersion(call);
    call.world.datasetVersions.delete(id);
    return { datasetId, version };
  },
};

const calledDataset = ({ world, path }: Call) => find(world.datasets, path.datasetId, 'Dataset');

const calledVersion = (call: Call) =>
  find(call.world.datasetVersions, `${calledDataset(call).id}/${call.path.version}`, 'Version');

const readTags = (text: string | undefined) =>
  text
    ?.split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
