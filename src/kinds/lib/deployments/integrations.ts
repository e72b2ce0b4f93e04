import { Type, type TUnsafe } from 'typebox';
import type { Spec } from '../../../model/resource.ts';
import type { FieldSchema } from '../../../model/kind/schema.ts';

const closed = { additionalProperties: false } as const;

const text = (description: string, annotations: object = {}) =>
  Type.String({ description, minLength: 1, ...annotations });

const mountPath = Type.Optional(Type.String({ description: 'The path of the mount.' }));

const accessKey = {
  accessKeyId: Type.Optional(text('The access key.')),
  secretAccessKey: Type.Optional(
    Type.String({
      description: 'secret:NAME, the name of a secret.',
      pattern: '^secret:.',
      title: 'secret:NAME, the name of a secret',
      sensitive: true,
    }),
  ),
};

const ofType = (type: string, fields: Parameters<typeof Type.Object>[0]) =>
  Type.Object(
    { type: Type.Enum([type]), name: text('The name, unique in the deployment.'), ...fields },
    closed,
  );

/** A mount, selected by `type` (schema DeploymentIntegration). */
const integration = Type.Unsafe<Spec>({
  type: 'object',
  discriminator: { propertyName: 'type' },
  oneOf: [
    ofType('model', { id: Type.String({ description: 'The id of a model.' }), path: mountPath }),
    ofType('s3', {
      url: Type.String({
        description: 'The bucket.',
        pattern: '^s3://[a-zA-Z0-9_-]*/[a-zA-Z0-9_-]*',
        title: 'the address of a bucket',
        examples: ['s3://bucket/prefix'],
      }),
      path: mountPath,
      region: Type.Optional(Type.String({ description: 'The region of the bucket.' })),
      endpoint: Type.Optional(Type.String({ description: 'The S3 endpoint.' })),
      ...accessKey,
    }),
    ofType('spaces', {
      endpoint: Type.String({
        description: 'The endpoint of the bucket.',
        pattern: '^https://[a-z0-9-]+\\.[a-z0-9-]+\\.digitaloceanspaces\\.com$',
        title: 'the address of a bucket',
        examples: ['https://bucket.nyc3.digitaloceanspaces.com'],
      }),
      path: mountPath,
      ...accessKey,
    }),
    ofType('volume', {}),
    ofType('git-lfs', {
      url: Type.String({ description: 'The repository.', format: 'uri' }),
      path: mountPath,
    }),
  ],
}) as TUnsafe<Spec> & FieldSchema;

/** The mounts of every replica; at most five (FACTS 3.12). */
export const integrations = Type.Array(integration, {
  description: 'Mounts in every replica: model, s3, spaces, volume, or git-lfs.',
  examples: [
    [{ type: 'volume', name: 'data' }],
    [{ type: 's3', name: 'data', url: 's3://bucket/data' }],
  ],
  maxItems: 5,
  sensitive: true,
});
