import { Type, type TUnsafe } from 'typebox';
import type { Spec } from '../../../model/resource.ts';
import type { FieldSchema } from '../../../model/kind/schema.ts';
import { healthChecks } from './healthChecks.ts';
import { integrations } from './integrations.ts';

const closed = { additionalProperties: false } as const;

const text = (description: string) => Type.String({ description, minLength: 1 });

/** A scaling metric, selected by `metric` (schemas RequestDurationMetric and UtilizationMetric). */
const metric = Type.Unsafe<Spec>({
  type: 'object',
  discriminator: { propertyName: 'metric' },
  oneOf: [
    Type.Object(
      {
        metric: Type.Enum(['requestDuration']),
        summary: Type.Enum(['average']),
        value: Type.Number({ description: 'Seconds.', exclusiveMinimum: 0.01, maximum: 100 }),
      },
      closed,
    ),
    Type.Object(
      {
        metric: Type.Enum(['cpu', 'memory']),
        summary: Type.Enum(['average']),
        value: Type.Integer({ description: 'Percent.', exclusiveMinimum: 0, maximum: 100 }),
      },
      closed,
    ),
  ],
}) as TUnsafe<Spec> & FieldSchema;

const autoscaling = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean({ description: 'Whether scaling is on.' })),
    maxReplicas: Type.Number({
      description: 'The greatest number of replicas.',
      exclusiveMinimum: 0,
      maximum: 25,
    }),
    metrics: Type.Array(metric, {
      description: 'The metrics that control scaling.',
      examples: [
        [{ metric: 'cpu', summary: 'average', value: 80 }],
        [{ metric: 'requestDuration', summary: 'average', value: 0.5 }],
      ],
    }),
  },
  { description: 'Automatic scaling.', ...closed },
);

const resources = Type.Object(
  {
    machineType: Type.String({
      description: 'A label such as A4000 or C5.',
      minLength: 1,
      caseInsensitive: true,
    }),
    ports: Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }), {
      description: 'The container ports that are reached from outside.',
    }),
    replicas: Type.Optional(
      Type.Integer({ description: 'The number of replicas.', minimum: 0, default: 1 }),
    ),
    autoscaling: Type.Optional(autoscaling),
  },
  { description: 'The machines and ports of the replicas.', ...closed },
);

const environment = Type.Array(
  Type.Object(
    {
      name: text('The name of the variable.'),
      value: Type.String({
        description: 'The value, or secret:NAME for a secret of the project or the team.',
        minLength: 1,
        sensitive: true,
      }),
    },
    closed,
  ),
  { description: 'Environment variables.' },
);

/**
 * The deployment spec, versions v0alpha1 and v1 (schemas DeploymentConfigV0Alpha1 and DeploymentConfigV1), with every
 * field that the API accepts. v0alpha0 has different fields and cannot be declared. The name is that of the resource.
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
      text('The name of the container registry from which the image is pulled.'),
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
    healthChecks: healthChecks('Health checks.'),
    healthchecks: healthChecks('Another spelling of healthChecks that the API accepts.'),
    integrations: Type.Optional(integrations),
    name: Type.Optional(
      Type.Unsafe<never>({
        not: {},
        description: 'Not allowed here: the name of the deployment is used.',
      }) as TUnsafe<never> & FieldSchema,
    ),
  },
  {
    description: 'The deployment spec. Fields that are not set are left as they are.',
    partial: true,
    ...closed,
  },
);
