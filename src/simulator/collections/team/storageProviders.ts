import type { Call } from '../../http/call.ts';
import { forbidden } from '../../http/refusal.ts';
import { change, find } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { without } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';

interface S3Config {
  readonly endpoint?: string | null;
  readonly bucket: string;
  readonly region?: string | null;
  readonly accessKey: string;
  readonly secretAccessKey: string;
  readonly signatureVersion?: string | null;
  readonly retainData?: boolean | null;
}

interface StorageProvider extends Row {
  readonly name: string;
  readonly isTeamDefault: boolean;
  /** The service owns it, and no client may change it. */
  readonly isManaged: boolean;
  readonly s3Config: S3Config;
  readonly dtCreated: number;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly storageProviders: StorageProvider;
  }
}

/** The contract requires a secret in the answer. The real one is not shown. */
const show = (provider: StorageProvider) => ({
  ...without(provider, 'dtCreated'),
  s3Config: { ...provider.s3Config, secretAccessKey: '********' },
});

interface UpdateBody {
  readonly name: string;
  readonly isTeamDefault: boolean;
  readonly s3Config: S3Config;
}

type CreateBody = Omit<UpdateBody, 'isTeamDefault'> & { readonly isTeamDefault?: boolean };

export default {
  tables: {
    storageProviders: {
      seal: (row, digest) => ({
        ...row,
        s3Config: { ...row.s3Config, secretAccessKey: digest(row.s3Config.secretAccessKey) },
      }),
    },
  },
  handlers: {
    'storageProviders-list': (call: Call) =>
      list(call, { table: call.world.storageProviders, show }),
    'storageProviders-create': ({ world, body }: Call<CreateBody>) => {
      const { name, s3Config, isTeamDefault = false } = body;
      const provider = world.storageProviders.insert({
        id: world.ids.next('sp'),
        name,
        isTeamDefault,
        isManaged: false,
        s3Config,
        dtCreated: world.now,
      });
      if (isTeamDefault) keepOneDefault(world, provider);
      return show(provider);
    },
    'storageProviders-get': ({ world, path }: Call) =>
      show(find(world.storageProviders, path.id, 'Storage provider')),
    /** Replaces all fields (FACTS 3.13). */
    'storageProviders-update': (call: Call<UpdateBody>) => {
      const provider = change(call.world.storageProviders, calledProvider(call), call.body);
      if (provider.isTeamDefault) keepOneDefault(call.world, provider);
      return show(provider);
    },
    'storageProviders-delete': (call: Call) => {
      const { id } = calledProvider(call);
      call.world.storageProviders.delete(id);
      return { id };
    },
    'storageUtilization-getPublic': () => ({
      totalFreeStorage: '5368709120',
      remainingFreeStorage: '5368709120',
      totalUsage: '0',
      modelUsage: '0',
      datasetUsage: '0',
      sharedStorageUsage: '0',
      notebookWorkspaceUsage: '0',
    }),
  },
} satisfies Collection;

function calledProvider({ world, path }: Call): StorageProvider {
  const provider = find(world.storageProviders, path.id, 'Storage provider');
  if (provider.isManaged) throw forbidden('Managed storage providers cannot be changed');
  return provider;
}

function keepOneDefault(world: World, { id }: StorageProvider): void {
  for (const provider of world.storageProviders)
    if (provider.id !== id && provider.isTeamDefault)
      world.storageProviders.patch(provider.id, { isTeamDefault: false });
}
