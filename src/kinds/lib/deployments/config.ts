import { Type, type TUnsafe } from 'typebox';
import type { Spec } from '../../../model/resource.ts';
import type { FieldSchema } from '../../../model/schema.ts';
import { healthChecks } from './healthChecks.ts';
import { integrations } from './integrations.ts';

const closed = { additionalProperties: false } as const;

const text = (description: string) => Type.String({ description, minLength: 1 });

/** What to scale on, by `metric` (schemas RequestDurationMetric and UtilizationMetric). */
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
      description: 'The most replicas.',
      exclusiveMinimum: 0,
      maximum: 25,
    }),
    metrics: Type.Array(metric, {
      description: 'What to scale on.',
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
      description: 'Ports of the container that are reached from outside.',
    }),
    replicas: Type.Optional(
      Type.Integer({ description: 'How many of it run.', minimum: 0, default: 1 }),
    ),
    autoscaling: Type.Optional(autoscaling),
  },
  { description: 'What it runs on.', ...closed },
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
    closed,
  ),
  { description: 'Environment variables.' },
);

/**
 * The deployment spec, versions v0alpha1 and v1 (schemas DeploymentConfigV0Alpha1 and DeploymentConfigV1), with every field that the API
 * takes. The fields of v0alpha0 are others; it cannot be declared. The name is that of the resource.
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
    healthChecks: healthChecks('Health checks.'),
    healthchecks: healthChecks('The other spelling of healthChecks that the API takes.'),
    integrations: Type.Optional(integrations),
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
    ...closed,
  },
);
