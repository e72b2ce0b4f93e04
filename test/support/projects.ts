import { declared, live, want } from './team.ts';

/** The environment that `project` reads its secret from. */
export const env = { HUB_TOKEN: 'hub-token-1' };
const secret = (name: string) => ({ from: 'env', name }) as const;
/** A live user of the simulated team. */
export const user = (name: string) => live('users', `${name}@example.com`);

/** The config of a deployment. */
export const config = (over: object = {}) => ({
  apiVersion: 'v1',
  image: 'example/api:1',
  resources: { machineType: 'A4000', ports: [8080], replicas: 2 },
  ...over,
});

/** A declared project with all its relations, its model, and a deployment in it. */
export const project = (over: object = {}) =>
  want('projects', 'vision', {
    collaborators: [user('grace')],
    tags: ['production'],
    models: [declared('models', 'classifier')],
    secrets: { HUB_TOKEN: secret('HUB_TOKEN') },
    ...over,
  });
export const model = want('models', 'classifier', { description: 'Cats' });
export const deployment = (over: object = {}, lifecycle = {}) =>
  want(
    'deployments',
    'api',
    { project: declared('projects', 'vision'), config: config(over) },
    lifecycle,
  );
