import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/desired/problems/formats.ts';
import { loadDesired } from '../../src/desired/load.ts';
import { withoutReplacedForms } from '../../src/kinds/lib/deployments/healthChecks.ts';
import { directoryOf } from '../fixtures/desired/directory.ts';
import { catalog } from '../support/team.ts';

/** Returns the problems of a config without their positions. */
async function wrongWith(field: string, resources = ''): Promise<readonly string[]> {
  const config = `{ apiVersion: v1, image: x, resources: { machineType: C5, ports: [80]${resources && `, ${resources}`} }${field && `, ${field}`} }`;
  const yaml = `deployments: { d: { project: { id: p }, config: ${config} } }`;
  const loaded = await loadDesired(await directoryOf({ 'team.yaml': yaml }), catalog);
  return loaded.ok
    ? []
    : loaded.problems.map((problem) =>
        formatProblem(problem)
          .replace(/^[^ ]+ /, '')
          .replaceAll(' of deployments/d', ''),
      );
}

describe('every field of a deployment’s config is checked', () => {
  it.each<{ field: string; says: readonly string[] }>([
    { field: 'replicas: 2', says: ['unknown field "replicas" in config'] },
    {
      field: 'enviroment: []',
      says: ['unknown field "enviroment" in config'],
    },
    {
      field: 'healthCheck: {}',
      says: ['unknown field "healthCheck" in config; did you mean healthChecks?'],
    },
    {
      field: 'env: [{ name: A, valeu: b }]',
      says: ['unknown field "valeu" in config.env[0]; did you mean value?'],
    },
    {
      field: 'healthChecks: { livenes: { path: / } }',
      says: ['unknown field "livenes" in config.healthChecks; did you mean liveness?'],
    },
    {
      field: 'healthChecks: { liveness: { path: /, prot: 80 } }',
      says: ['unknown field "prot" in config.healthChecks.liveness; did you mean port?'],
    },
    {
      field: 'healthchecks: { startup: { path: /, periodSeconds: 0 } }',
      says: ['config.healthchecks.startup.periodSeconds is 0; it takes at least 1'],
    },
    {
      field: 'healthChecks: { liveness: { port: 80 } }',
      says: ['config.healthChecks.liveness is a map; it takes a map with path or a map with exec'],
    },
    {
      field: 'healthChecks: { liveness: { path: /, exec: { command: [a] } } }',
      says: ['config.healthChecks.liveness is a map; it takes a map with path or a map with exec'],
    },
    {
      field: 'healthChecks: { readiness: { exec: { command: [a] }, port: 80 } }',
      says: ['config.healthChecks.readiness.port is 80, and must not be set here'],
    },
    {
      field: 'healthChecks: { readiness: { exec: { comand: [a] } } }',
      says: ['unknown field "comand" in config.healthChecks.readiness.exec; did you mean command?'],
    },
    {
      field: 'integrations: [{ type: volum, name: a }]',
      says: [
        'config.integrations[0].type is "volum"; it takes model, s3, spaces, volume or git-lfs; did you mean volume?',
      ],
    },
    {
      field: 'integrations: [{ name: a }]',
      says: ['missing field "type" in config.integrations[0]'],
    },
    {
      field: 'integrations: [{ type: s3, name: a, url: "s3://b/c", regoin: x }]',
      says: ['unknown field "regoin" in config.integrations[0]; did you mean region?'],
    },
    {
      field: 'integrations: [{ type: s3, name: a, url: "https://b" }]',
      says: [
        'config.integrations[0].url is "https://b"; it takes the address of a bucket, such as s3://bucket/prefix',
      ],
    },
    {
      field: 'integrations: [{ type: s3, name: a, url: "s3://b/c", secretAccessKey: hunter2 }]',
      says: [
        'config.integrations[0].secretAccessKey is a string; it takes secret:NAME, the name of a secret',
      ],
    },
    {
      field: 'integrations: [{ type: volume, name: a, path: /x }]',
      says: ['unknown field "path" in config.integrations[0]'],
    },
    { field: 'models: []', says: ['unknown field "models" in config'] },
  ])('$field', async ({ field, says }) => {
    expect(await wrongWith(field)).toEqual(says);
  });

  it.each<{ resources: string; says: readonly string[] }>([
    {
      resources: 'replcas: 2',
      says: ['unknown field "replcas" in config.resources; did you mean replicas?'],
    },
    { resources: 'instanceType: C5', says: ['unknown field "instanceType" in config.resources'] },
    {
      resources: 'autoscaling: { maxReplicas: 2, metrics: [], minReplicas: 1 }',
      says: [
        'unknown field "minReplicas" in config.resources.autoscaling; did you mean maxReplicas?',
      ],
    },
    {
      resources: 'autoscaling: { maxReplicas: 26, metrics: [] }',
      says: ['config.resources.autoscaling.maxReplicas is 26; it takes at most 25'],
    },
    ...(
      [
        ['cpu', '101', 'is 101; it takes at most 100'],
        ['memory', '0', 'is 0; it takes more than 0'],
        ['cpu', '0.5', 'is 0.5; it takes a whole number'],
        ['requestDuration', '0.01', 'is 0.01; it takes more than 0.01'],
        ['requestDuration', '101', 'is 101; it takes at most 100'],
      ] as const
    ).map(([metric, value, says]) => ({
      resources: `autoscaling: { maxReplicas: 2, metrics: [{ metric: ${metric}, summary: average, value: ${value} }] }`,
      says: [`config.resources.autoscaling.metrics[0].value ${says}`],
    })),
    {
      resources:
        'autoscaling: { maxReplicas: 2, metrics: [{ metric: cpus, summary: average, value: 5 }] }',
      says: [
        'config.resources.autoscaling.metrics[0].metric is "cpus"; it takes requestDuration, cpu or memory; did you mean cpu?',
      ],
    },
    {
      resources:
        'autoscaling: { maxReplicas: 2, metrics: [{ metric: cpu, sumary: average, value: 5 }] }',
      says: [
        'unknown field "sumary" in config.resources.autoscaling.metrics[0]; did you mean summary?',
      ],
    },
  ])('$resources', async ({ resources, says }) => {
    expect(await wrongWith('', resources)).toEqual(says);
  });

  it('every valid field is accepted', async () => {
    const field = [
      'enabled: false, region: ny2, containerRegistry: r, command: [a], env: [{ name: A, value: b }]',
      'basicAuthKey: "secret:A", healthChecks: { liveness: { path: /, host: h, headers: [{ name: a, value: b }], port: 1, failureThreshold: 2 } }',
      'integrations: [{ type: model, id: m, name: a }, { type: spaces, name: b, endpoint: "https://b.nyc3.digitaloceanspaces.com" }, { type: git-lfs, name: c, url: "https://a.example/b" }]',
    ].join(', ');
    const metric = '{ metric: requestDuration, summary: average, value: 0.5 }';
    const resources = `replicas: 0, autoscaling: { enabled: true, maxReplicas: 25, metrics: [${metric}] }`;
    expect(await wrongWith(field, resources)).toEqual([]);
  });
});

describe('a health check with a new form or spelling', () => {
  const over = { path: '/', port: 80 };
  const by = { exec: { command: ['true'] } };
  it.each([
    {
      because: 'loses the fields of the old form',
      laidOver: { healthChecks: { liveness: { ...over, ...by, periodSeconds: 5 } } },
      live: { healthChecks: { liveness: { ...by, periodSeconds: 5 } } },
      sent: { healthChecks: { liveness: { ...over, periodSeconds: 5 } } },
    },
    {
      because: 'likewise in the other direction',
      laidOver: { healthchecks: { startup: { ...over, ...by } } },
      live: { healthchecks: { startup: over } },
      sent: { healthchecks: { startup: by } },
    },
    {
      because: 'is sent in one spelling only',
      laidOver: { image: 'x', healthChecks: { liveness: over }, healthchecks: { liveness: by } },
      live: { image: 'x', healthchecks: { liveness: by } },
      sent: { image: 'x', healthChecks: { liveness: over } },
    },
    {
      because: 'is otherwise unchanged',
      laidOver: { image: 'x', healthChecks: { liveness: over, readiness: by } },
      live: { image: 'y', healthChecks: { readiness: by } },
      sent: { image: 'x', healthChecks: { liveness: over, readiness: by } },
    },
  ])('$because', ({ laidOver, live, sent }) => {
    expect(withoutReplacedForms(laidOver, live)).toEqual(sent);
  });
});
