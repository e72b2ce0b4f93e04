import type { Call } from '../../http/call.ts';
import { change, find } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { time } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { Collection } from '../lib/collection.ts';

/** A version of a dataset. Its id combines the dataset's id and a number. */
interface DatasetVersion extends Row {
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

declare module '../../world/world.ts' {
  interface Rows {
    readonly datasetVersions: DatasetVersion;
  }
}

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

export default {
  tables: { datasetVersions: { groupOf: (version) => version.datasetId } },
  handlers: {
    'datasetVersions-list': (call: Call<unknown, { readonly tags?: string }>) => {
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
  },
} satisfies Collection;

const calledDataset = ({ world, path }: Call) => find(world.datasets, path.datasetId, 'Dataset');

const calledVersion = (call: Call) =>
  find(call.world.datasetVersions, `${calledDataset(call).id}/${call.path.version}`, 'Version');

const readTags = (text: string | undefined) =>
  text
    ?.split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
