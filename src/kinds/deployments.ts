import { Type } from 'typebox';
import type { Api, Json } from '../model/api.ts';
import type { SoftReference } from '../model/kind/capabilities.ts';
import type { Listed, ResourceKind } from '../model/kind/kind.ts';
import type { Spec } from '../model/resource.ts';
import { configField } from './lib/deployments/config.ts';
import { withoutReplacedForms } from './lib/deployments/healthChecks.ts';
import { runError, runsOf } from './lib/deployments/runs.ts';
import { reference } from './lib/fields.ts';
import { machineTypeLabel } from './lib/machines/types.ts';
import { pathTo } from './lib/path.ts';
import { document, field, fieldOf, identity, object, optional, text } from './lib/read.ts';
import { getItem, readId, listItems } from './lib/rest.ts';
import { regionCode } from './lib/units.ts';

const schema = Type.Object(
  {
    project: reference('projects', {
      description: 'The project of the deployment. Fixed at creation.',
      immutable: true,
      blocksTargetDeletion: true,
    }),
    config: configField,
  },
  { additionalProperties: false },
);

const path = '/deployments';

/**
 * A deployment is ready when its newest spec is applied and healthy, or only applied if it runs nothing. An error of
 * the spec is final (FACTS 3.12). `latestSpec` is null if the API can no longer read it.
 */
function read(item: Json): Listed {
  const { config, externalApplied, dtHealthy, error } = field(item, 'latestSpec', latestSpec);
  const isReady = Boolean(externalApplied) && (Boolean(dtHealthy) || runsNothing(config));
  return {
    id: field(item, 'id', identity),
    name: field(item, 'name', text),
    spec: { project: field(item, 'projectId', identity), config: withRegionCode(config) },
    ready: isReady || Boolean(error),
    transition: externalApplied ? 'not healthy yet' : 'being applied',
    ...(error ? { failure: error } : {}),
  };
}

function latestSpec(value: unknown) {
  const spec = optional(object)(value) ?? {};
  const { name: _, ...config } = field(spec, 'data', optional(document)) ?? {};
  return {
    config,
    externalApplied: field(spec, 'externalApplied', optional(text)),
    dtHealthy: field(spec, 'dtHealthy', optional(text)),
    error: field(spec, 'error', optional(text)),
  };
}

const runsNothing = ({ enabled, resources }: Spec): boolean =>
  enabled === false || (resources as { replicas?: unknown } | undefined)?.replicas === 0;

const withRegionCode = (config: Spec): Spec =>
  typeof config['region'] === 'string'
    ? { ...config, region: regionCode(config['region']) }
    : config;

/**
 * Creates or updates a deployment. Without an id, the API updates a deployment of the same name in the project (FACTS
 * 3.12).
 */
const upsert = (api: Api, body: object): Promise<string> =>
  api.post(path, body, fieldOf('deploymentId', identity));

/** Adds the resource's name to a config, and replaces the machine type by the API's spelling. */
function withName(config: unknown, name: string): Spec {
  const { resources, ...rest } = config as Spec & { readonly resources?: Spec };
  const machineType = resources?.['machineType'];
  return typeof machineType === 'string'
    ? { ...rest, resources: { ...resources, machineType: machineTypeLabel(machineType) }, name }
    : { ...(config as Spec), name };
}

/** Finds the container registry, and the secrets that `env` and `basicAuthKey` name. */
function mentions({ project, config }: Spec): readonly SoftReference[] {
  const { containerRegistry, basicAuthKey, env = [] } = config as NamingFields;
  const registries =
    containerRegistry === undefined
      ? []
      : [{ kind: 'containerRegistries', name: containerRegistry }];
  const secrets = [basicAuthKey, ...env.map(({ value }) => value)].flatMap((value) =>
    value?.startsWith(secretPrefix) ? [value.slice(secretPrefix.length)] : [],
  );
  const { by, name: projectName } = project as { readonly by?: string; readonly name?: string };
  return [
    ...registries,
    ...secrets.flatMap((name) => [
      { kind: 'teamSecrets', name },
      ...(by === 'declared' && projectName !== undefined
        ? [{ kind: 'projects', name: projectName, member: { relation: 'secrets', name } }]
        : []),
    ]),
  ];
}

const secretPrefix = 'secret:';

/** The fields of a config that name other resources. */
interface NamingFields {
  readonly containerRegistry?: string;
  readonly basicAuthKey?: string;
  readonly env?: readonly { readonly value: string }[];
}

export default {
  name: 'deployments',
  singular: 'deployment',
  schema,
  examples: [
    {
      name: 'classifier-api',
      spec: {
        project: 'vision',
        config: {
          apiVersion: 'v1',
          image: 'ghcr.io/example/classifier:1.4',
          enabled: true,
          resources: { machineType: 'A4000', ports: [8080], replicas: 2 },
          env: [
            { name: 'LOG_LEVEL', value: 'info' },
            { name: 'HUB_TOKEN', value: 'secret:HUB_TOKEN' },
          ],
        },
      },
    },
    {
      name: 'webhook',
      spec: {
        project: 'vision',
        config: {
          apiVersion: 'v0alpha1',
          image: 'example/webhook:1',
          resources: { machineType: 'C5', ports: [80] },
          healthchecks: { liveness: { exec: { command: ['true'] } } },
        },
      },
    },
    {
      name: 'nightly',
      spec: {
        project: 'playground',
        config: {
          apiVersion: 'v1',
          image: 'example/nightly:2',
          containerRegistry: 'ghcr',
          region: 'ny2',
          command: ['serve', '--verbose'],
          basicAuthKey: 'secret:WANDB_API_KEY',
          resources: {
            machineType: 'C5',
            ports: [80],
            autoscaling: {
              enabled: true,
              maxReplicas: 3,
              metrics: [{ metric: 'cpu', summary: 'average', value: 80 }],
            },
          },
          healthChecks: { readiness: { path: '/ready', port: 80 } },
          integrations: [{ type: 'volume', name: 'scratch' }],
        },
      },
    },
  ],
  list: (api) => listItems(api, path, read),
  get: (api, id) => getItem(api, path, id, read),
  create: async (api, name, { project, config }) => ({
    id: await upsert(api, { projectId: project, config: withName(config, name) }),
    follow: true,
  }),
  update: async (api, id, _, { name, desired, live }) => {
    const declared = withoutReplacedForms(desired['config'] as Spec, live['config'] as Spec);
    const config = withName(declared, name);
    await upsert(api, { deploymentId: id, projectId: live['project'], config });
    return { follow: true };
  },
  updatableWhileBusy: true,
  remove: async (api, id) => {
    await api.remove(pathTo(path, id), {}, readId);
    return {};
  },
  explainFailure: runError,
  softReferences: mentions,
  details: { runs: (api, { id }) => runsOf(api, id) },
} satisfies ResourceKind;
