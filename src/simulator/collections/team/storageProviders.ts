import type { S3Config, StorageProvider } from '../../rows/team.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { change, find } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { forbidden } from '../../http/refusal.ts';
import { without } from '../../world/show.ts';
import type { World } from '../../world/world.ts';

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

export const storageProviderHandlers: Handlers = {
  'storageProviders-list': (call: Call) => list(call, { table: call.world.storageProviders, show }),
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
};

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
