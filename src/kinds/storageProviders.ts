import { Type } from 'typebox';
import type { Json } from '../model/api.ts';
import type { Detail } from '../model/kind/capabilities.ts';
import type { Listed, ResourceKind } from '../model/kind/kind.ts';
import type { Spec } from '../model/resource.ts';
import { pathTo } from './lib/path.ts';
import { bytes, field, flag, identity, object, optional, text } from './lib/read.ts';
import { readId, withoutNulls, rest } from './lib/rest.ts';
import { usedGigabytes } from './lib/units.ts';

const optionalSettings = {
  endpoint: Type.String({
    description: 'The URL of the service. Default: AWS.',
    format: 'uri',
    examples: ['https://s3.example.com'],
  }),
  region: Type.String({ description: 'The region of the bucket.', minLength: 1 }),
  signatureVersion: Type.String({ description: 'The version of the signatures.', minLength: 1 }),
  retainData: Type.Boolean({
    description: 'Whether the data is kept when the provider is deleted.',
  }),
} as const;

const schema = Type.Object(
  {
    storageProviderType: Type.String({
      description: 'The type of storage. Fixed at creation. The API never returns it.',
      enum: ['s3'],
      immutable: true,
      writeOnly: true,
    }),
    isTeamDefault: Type.Optional(
      Type.Boolean({ description: 'Whether new data is stored here by default.' }),
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
      { description: 'The connection to the bucket.', additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

const path = '/storage-providers';

/** Reads the settings without the secret key, which the API may return in clear text or masked (FACTS 9). */
function readConfig(value: unknown): Spec {
  const config = object(value);
  return withoutNulls({
    bucket: field(config, 'bucket', text),
    accessKey: field(config, 'accessKey', text),
    endpoint: field(config, 'endpoint', optional(text)),
    region: field(config, 'region', optional(text)),
    signatureVersion: field(config, 'signatureVersion', optional(text)),
    retainData: field(config, 'retainData', optional(flag)),
  });
}

/** Reads a provider; undefined for one that the service itself manages (FACTS 3.13). */
function read(item: Json): Listed | undefined {
  const id = field(item, 'id', identity);
  const name = field(item, 'name', text);
  const isTeamDefault = field(item, 'isTeamDefault', optional(flag)) ?? false;
  if (field(item, 'isManaged', flag)) return undefined;
  return { id, name, spec: { isTeamDefault, s3Config: field(item, 's3Config', readConfig) } };
}

/**
 * Reads the storage use of the whole team in GB; the API answers the same for each provider (schema
 * StorageUtilization).
 */
const utilization: Detail = (api) =>
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
  updateSendsAllFields: true,
  /** A PUT replaces all fields, so live values that are not declared are sent too (FACTS 3.13). */
  update: async (api, id, _, { name, desired, live }) => {
    const body = {
      name,
      isTeamDefault: desired['isTeamDefault'] ?? live['isTeamDefault'] ?? false,
      s3Config: { ...(live['s3Config'] as Spec), ...(desired['s3Config'] as Spec) },
    };
    await api.put(pathTo(path, id), body, readId);
    return {};
  },
  details: { utilization },
} satisfies ResourceKind;
