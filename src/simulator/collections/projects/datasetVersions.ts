import type { DatasetVersion } from '../../rows/projects.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { change, find } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { time } from '../../world/show.ts';

const showVersion = ({ id, ...version }: DatasetVersion) => ({
  ...version,
  url: `gs://datasets/${id}`,
  dtCreated: time(version.dtCreated),
  dtModified: time(version.dtModified),
  usageBytes: '0',
});

interface VersionBody {
  readonly message?: string;
  /** Separated by commas. */
  readonly tags?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly isCommitted?: boolean;
}

export const datasetVersionHandlers: Handlers = {
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
