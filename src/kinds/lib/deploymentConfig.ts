import { Type, type TUnsafe } from 'typebox';
import type { FieldSchema } from '../../model/schema.ts';

const open = { additionalProperties: true } as const;

const text = (description: string) => Type.String({ description, minLength: 1 });

const autoscaling = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean({ description: 'Whether scaling is on.' })),
    maxReplicas: Type.Number({
      description: 'The most replicas.',
      exclusiveMinimum: 0,
      maximum: 25,
    }),
    metrics: Type.Array(Type.Object({}, open), {
      description: 'What to scale on.',
      examples: [
        [{ metric: 'cpu', summary: 'average', value: 80 }],
        [{ metric: 'requestDuration', summary: 'average', value: 0.5 }],
      ],
    }),
  },
  { description: 'Automatic scaling.', ...open },
);

const resources = Type.Object(
  {
    machineType: Type.String({
      description: 'A label such as A4000 or C5.',
      minLength: 1,
      caseInsensitive: true,
    }),
    ports: Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }), {
      description: 'Ports of the container that are reached from outside.',
    }),
    replicas: Type.Optional(
      Type.Integer({ description: 'How many of it run.', minimum: 0, default: 1 }),
    ),
    autoscaling: Type.Optional(autoscaling),
  },
  { description: 'What it runs on.', ...open },
);

const environment = Type.Array(
  Type.Object(
    {
      name: text('The name of the variable.'),
      value: Type.String({
        description: 'Its value, or secret:NAME for a secret of the project or the team.',
        minLength: 1,
        sensitive: true,
      }),
    },
    { additionalProperties: false },
  ),
  { description: 'Environment variables.' },
);

/**
 * The deployment spec, versions v0alpha1 and v1 (schemas DeploymentConfigV0Alpha1 and DeploymentConfigV1). What is not named here is
 * passed on as it is. The name is that of the resource.
 */
export const configField = Type.Object(
  {
    apiVersion: Type.Enum(['v1', 'latest', 'v0alpha1'], {
      description: 'The version of the deployment spec.',
    }),
    image: text('The container image.'),
    resources,
    enabled: Type.Optional(
      Type.Boolean({ description: 'Whether replicas run at all.', default: true }),
    ),
    region: Type.Optional(
      Type.Enum(['ny2'], { description: 'Region code. Deployments run in ny2 only.' }),
    ),
    containerRegistry: Type.Optional(
      text('The name of the container registry that the image is pulled from.'),
    ),
    command: Type.Optional(Type.Array(Type.String(), { description: 'The start command.' })),
    env: Type.Optional(environment),
    basicAuthKey: Type.Optional(
      Type.String({
        description: 'Protects the endpoint: secret:NAME, the name of a secret.',
        pattern: '^secret:.',
        sensitive: true,
      }),
    ),
    healthChecks: Type.Optional(
      Type.Object(
        {},
        {
          description: 'Checks: liveness, readiness, startup.',
          examples: [{ readiness: { path: '/ready' } }, { liveness: { path: '/alive', port: 80 } }],
          ...open,
        },
      ),
    ),
    integrations: Type.Optional(
      Type.Array(Type.Object({}, open), {
        description: 'What is mounted into every replica.',
        examples: [
          [{ type: 'volume', name: 'data' }],
          [{ type: 's3', name: 'data', url: 's3://bucket/data' }],
        ],
        maxItems: 5,
        sensitive: true,
      }),
    ),
    name: Type.Optional(
      Type.Unsafe<never>({
        not: {},
        description: 'Not to be set here: it is the name of the deployment.',
      }) as TUnsafe<never> & FieldSchema,
    ),
  },
  {
    description: 'The deployment spec. What it does not set is left as it is.',
    partial: true,
    ...open,
  },
);
