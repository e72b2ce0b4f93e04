import { Type } from 'typebox';
import type { Companion, ResourceKind } from '../model/kind.ts';
import type { Spec } from '../model/resource.ts';
import { present, rest } from './lib/rest.ts';
import { usedGigabytes } from './lib/units.ts';

const optional = {
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
        ...Type.Partial(Type.Object(optional)).properties,
      },
      { description: 'How the bucket is reached.', additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

/** What the answers carry and Holdfast reads: not the secret key, which may be there in clear or masked (FACTS 9). */
interface StorageProvider {
  readonly id: string;
  readonly name: string;
  readonly isTeamDefault: boolean | null;
  readonly isManaged: boolean;
  readonly s3Config: {
    readonly bucket: string;
    readonly accessKey: string;
    readonly endpoint?: string | null;
    readonly region?: string | null;
    readonly signatureVersion?: string | null;
    readonly retainData?: boolean | null;
  };
}

const path = '/storage-providers';

/** The settings that can be read, field by field, so that nothing else gets through. */
const readable = (config: StorageProvider['s3Config']): Spec =>
  present({
    bucket: config.bucket,
    accessKey: config.accessKey,
    endpoint: config.endpoint,
    region: config.region,
    signatureVersion: config.signatureVersion,
    retainData: config.retainData,
  });

/** What the whole team stores, whichever provider it is asked of (schema StorageUtilization): byte counts as text. */
const utilization: Companion = async (api) => {
  const used = await api.get<Readonly<Record<string, string>>>(`${path}/utilization`);
  return Object.fromEntries(
    utilizationFields.map((field) => [field, usedGigabytes(used?.[field] ?? Number.NaN)]),
  );
};

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
  /** Those that the service manages itself are left alone (FACTS 3.13). */
  ...rest<StorageProvider>(path, ({ id, name, isTeamDefault, isManaged, s3Config }) =>
    isManaged
      ? undefined
      : {
          id,
          name,
          spec: { isTeamDefault: isTeamDefault ?? false, s3Config: readable(s3Config) },
        },
  ),
  updatesWhole: true,
  /** A PUT replaces everything, so what is live and not declared is sent along (FACTS 3.13). */
  update: async (api, id, _, { name, desired, live }) => {
    await api.put(`${path}/${id}`, {
      name,
      isTeamDefault: desired['isTeamDefault'] ?? live['isTeamDefault'] ?? false,
      s3Config: { ...(live['s3Config'] as Spec), ...(desired['s3Config'] as Spec) },
    });
    return {};
  },
  companions: { utilization },
} satisfies ResourceKind;
