import { expect, test } from 'vitest';
import type { Spec } from '../../../src/model/resource.ts';
import { planTests, wholePlanTests } from '../../support/planRows.ts';
import { bindings, declared, have, planFor, text, want } from '../../support/team.ts';

const config = {
  apiVersion: 'v1',
  image: 'api:1',
  resources: { machineType: 'C5', ports: [80] },
};
const project = (over: Spec = {}) => want('projects', 'p', over);
const deployment = (over: object = {}, lifecycle = {}) =>
  want(
    'deployments',
    'api',
    { project: declared('projects', 'p'), config: { ...config, ...over } },
    lifecycle,
  );
const liveDeployment = (over: object = {}, rest = {}) =>
  have('deployments', 'api', { project: 'id-p', config: { ...config, ...over } }, rest);
const liveProject = have('projects', 'p', {});
const starting = { ready: false, transition: 'not healthy yet' };
const registry = { kind: 'ghcr', namespace: 'n', url: 'u', username: 'u', password: text('p') };

planTests([
  {
    name: 'undeclared part of the config',
    because: 'it is left unchanged',
    want: [project(), deployment()],
    have: [liveProject, liveDeployment({ enabled: true, env: [] })],
  },
  {
    name: 'ignored part of the config',
    because: 'lifecycle.ignoreChanges may name a part',
    want: [project(), deployment({ image: 'api:2' }, { ignoreChanges: ['config.image'] })],
    have: [liveProject, liveDeployment()],
  },
  {
    name: 'not ready, in sync',
    because: 'it is pending',
    want: [project(), deployment()],
    have: [liveProject, liveDeployment({}, starting)],
    findings: ['pending deployments/api: not healthy yet'],
  },
  {
    name: 'not ready, with a change',
    because: 'a deployment that never becomes healthy must accept an update',
    want: [project(), deployment({ image: 'api:2' })],
    have: [liveProject, liveDeployment({}, starting)],
    actions: ['deployments/api:update'],
    findings: ['drifted deployments/api'],
  },
  {
    name: 'new secret in the environment',
    because: 'the secret is assigned before the deployment that names it is created',
    want: [
      deployment({ env: [{ name: 'T', value: 'secret:TOKEN' }] }),
      project({ secrets: { TOKEN: text('v'), OTHER: text('v') } }),
    ],
    actions: [
      'projects/p:create',
      'projects/p:assign(secrets/TOKEN)',
      'deployments/api:create',
      'projects/p:assign(secrets/OTHER)',
    ],
    findings: ['missing deployments/api', 'missing projects/p'],
  },
  {
    name: 'new registry in an update',
    because: 'the API rejects a config that names an unknown registry',
    want: [
      project(),
      deployment({ containerRegistry: 'r' }),
      want('containerRegistries', 'r', registry),
    ],
    have: [liveProject, liveDeployment()],
    actions: ['containerRegistries/r:create', 'deployments/api:update'],
    findings: ['drifted deployments/api', 'missing containerRegistries/r'],
  },
]);

wholePlanTests([
  {
    name: 'secret and registry of a new deployment',
    because: 'the create requires the project, the registry, and the secret that it names',
    want: [
      deployment({ env: [{ name: 'T', value: 'secret:TOKEN' }], containerRegistry: 'r' }),
      project({ secrets: { TOKEN: text('v'), OTHER: { from: 'env', name: 'O' } } }),
      want('containerRegistries', 'r', {
        kind: 'ghcr',
        namespace: 'n',
        url: 'u',
        username: 'u',
        password: text('p'),
      }),
    ],
    plan: [
      'missing deployments/api; project null → "p"; config.apiVersion null → "v1"; config.image null → "api:1"; config.resources.machineType null → "C5"; config.resources.ports null → [80]; config.env null → [{"name":"T","value":"secret:TOKEN"}]; config.containerRegistry null → "r"',
      'missing projects/p',
      'missing containerRegistries/r; kind null → "ghcr"; namespace null → "n"; url null → "u"; username null → "u"; password null → "(secret)"',
      'create projects/p',
      'create containerRegistries/r; kind null → "ghcr"; namespace null → "n"; url null → "u"; username null → "u"; password null → "(secret)"',
      'assign projects/p; secrets: TOKEN; key TOKEN; secrets/TOKEN null → "(secret)"; after projects/p:create',
      'create deployments/api; project null → "p"; config.apiVersion null → "v1"; config.image null → "api:1"; config.resources.machineType null → "C5"; config.resources.ports null → [80]; config.env null → [{"name":"T","value":"secret:TOKEN"}]; config.containerRegistry null → "r"; after projects/p:create, containerRegistries/r:create, projects/p:assign(secrets/TOKEN)',
      'assign projects/p; secrets: OTHER; key OTHER; secrets/OTHER null → "(secret)"; after projects/p:create',
    ],
  },
  {
    name: 'live registry',
    because: 'the update does not wait for an update of the registry',
    want: [
      deployment({ containerRegistry: 'r', image: 'api:2' }),
      project(),
      want('containerRegistries', 'r', {
        kind: 'ghcr',
        namespace: 'new',
        url: 'u',
        username: 'u',
        password: text('p'),
      }),
    ],
    have: [
      liveProject,
      have('deployments', 'api', { project: 'id-p', config }),
      have('containerRegistries', 'r', {
        kind: 'ghcr',
        namespace: 'old',
        url: 'u',
        username: 'u',
      }),
    ],
    memory: bindings('projects/p', 'deployments/api', 'containerRegistries/r'),
    plan: [
      'drifted deployments/api (id-api); config.image "api:1" → "api:2"; config.containerRegistry null → "r"',
      'inSync projects/p (id-p)',
      'drifted containerRegistries/r (id-r); namespace "old" → "new"; unverifiable: password',
      'update deployments/api; of id-api; fields config; config.image "api:1" → "api:2"; config.containerRegistry null → "r"',
      'update containerRegistries/r; of id-r; fields namespace; namespace "old" → "new"',
    ],
  },
]);

test('changes of a deployment are reported by part of its config', () => {
  const planned = planFor({
    want: [project(), deployment({ env: [{ name: 'A', value: 'secret:T' }] })],
    have: [
      liveProject,
      liveDeployment({
        image: 'api:2',
        resources: { machineType: 'c5', ports: [80, 81] },
        env: [{ name: 'A', value: 'hunter2' }],
      }),
    ],
  });
  expect(planned.actions.map(({ changes }) => changes)).toEqual([
    [
      { path: 'config.image', desired: 'api:1', observed: 'api:2' },
      { path: 'config.resources.ports', desired: [80], observed: [80, 81] },
      { path: 'config.env[0].value', desired: 'secret:T', observed: '(hidden)' },
    ],
  ]);
  expect(planned.actions[0]).toMatchObject({ fields: ['config'] });
});
