import { Type } from 'typebox';
import type { Json } from '../model/api.ts';
import type { Companion, Listed, ResourceKind } from '../model/kind.ts';
import type { Spec } from '../model/resource.ts';
import { pathTo } from './lib/path.ts';
import { bytes, field, flag, identity, object, optional, text } from './lib/read.ts';
import { identified, present, rest } from './lib/rest.ts';
import { usedGigabytes } from './lib/units.ts';

const optionalSettings = {
  endpoint: Type.String({
    description: 'The address of the service; not set: AWS.',
    format: 'uri',
    examples: ['https://s3.example.com'],
  }),
  region: Type.String({ description: 'The region of the bucket.', minLength: 1 }),
  signatureVersion: Type.String({ description: 'The version of the signatures.', minLength: 1 }),
  retainData: Type.Boolean({ description: 'Keep the data when the provider is deleted.' }),
} as const;

const schema = Type.Object(
  {
    storageProviderType: Type.String({
      description: 'The kind of storage. Fixed at creation, and never returned.',
      enum: ['s3'],
      immutable: true,
      writeOnly: true,
    }),
    isTeamDefault: Type.Optional(
      Type.Boolean({ description: 'Whether new data goes here by default.' }),
    ),
    s3Config: Type.Object(
      {
        bucket: Type.String({ description: 'The name of the bucket.', minLength: 1 }),
        accessKey: Type.String({ description: 'The id of the access key.', minLength: 1 }),
        secretAccessKey: Type.String({
          description: 'The secret part of the access key.',
          minLength: 1,
          writeOnly: true,
          secret: true,
        }),
        ...Type.Partial(Type.Object(optionalSettings)).properties,
      },
      { description: 'How the bucket is reached.', additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

const path = '/storage-providers';

/** The settings that can be read, field by field: the secret key may be there in clear or masked (FACTS 9), and is not read. */
function readConfig(value: unknown): Spec {
  const config = object(value);
  return present({
    bucket: field(config, 'bucket', text),
    accessKey: field(config, 'accessKey', text),
    endpoint: field(config, 'endpoint', optional(text)),
    region: field(config, 'region', optional(text)),
    signatureVersion: field(config, 'signatureVersion', optional(text)),
    retainData: field(config, 'retainData', optional(flag)),
  });
}

/** Those that the service manages itself are left alone (FACTS 3.13). */
function read(item: Json): Listed | undefined {
  const id = field(item, 'id', identity);
  const name = field(item, 'name', text);
  const isTeamDefault = field(item, 'isTeamDefault', optional(flag)) ?? false;
  if (field(item, 'isManaged', flag)) return undefined;
  return { id, name, spec: { isTeamDefault, s3Config: field(item, 's3Config', readConfig) } };
}

/** What the whole team stores, whichever provider it is asked of (schema StorageUtilization): byte counts as text. */
const utilization: Companion = (api) =>
  api.get(pathTo(path, 'utilization'), {}, (answer) => {
    const used = object(answer);
    return Object.fromEntries(
      utilizationFields.map((name) => [name, usedGigabytes(field(used, name, bytes))]),
    );
  });

const utilizationFields = [
  'totalUsage',
  'modelUsage',
  'datasetUsage',
  'sharedStorageUsage',
  'notebookWorkspaceUsage',
  'totalFreeStorage',
  'remainingFreeStorage',
];

export default {
  name: 'storageProviders',
  singular: 'storage provider',
  schema,
  examples: [
    {
      name: 'lake',
      spec: {
        storageProviderType: 's3',
        s3Config: {
          bucket: 'example-lake',
          accessKey: 'AKIAEXAMPLE',
          secretAccessKey: { env: 'LAKE_SECRET_KEY' },
          region: 'us-east-1',
        },
      },
    },
  ],
  ...rest(path, read),
  updatesWhole: true,
  /** A PUT replaces everything, so what is live and not declared is sent along (FACTS 3.13). */
  update: async (api, id, _, { name, desired, live }) => {
    const body = {
      name,
      isTeamDefault: desired['isTeamDefault'] ?? live['isTeamDefault'] ?? false,
      s3Config: { ...(live['s3Config'] as Spec), ...(desired['s3Config'] as Spec) },
    };
    await api.put(pathTo(path, id), body, identified);
    return {};
  },
  companions: { utilization },
} satisfies ResourceKind;
