import { expect, test } from 'vitest';
import { bench, openOf, outcomesOf } from '../support/passes.ts';
import { deployment, env, model, project, user } from '../support/projects.ts';
import { want } from '../support/team.ts';

test('a project is created with its relations, and its deployment is done once it is healthy', async () => {
  await using it = await bench({ env });
  const team = [project(), model, deployment()];
  const first = await it.pass(team);
  expect(outcomesOf(first).toSorted()).toEqual([
    'deployments/api:create done',
    'models/classifier:create done',
    'projects/vision:assign(collaborators/grace@example.com) done',
    'projects/vision:assign(models/classifier) done',
    'projects/vision:assign(secrets/HUB_TOKEN) done',
    'projects/vision:assign(tags/production) done',
    'projects/vision:create done',
  ]);
  const [deployed] = it.simulator.world.deploymentSpecs;
  expect(deployed?.dtHealthy).not.toBeNull();
  const second = await it.pass(team);
  expect([openOf(second), second.actions]).toEqual([[], []]);
  expect(second.api.requests).toBe(8);
  expect(it.contract.problems).toEqual([]);
});

test('members of a project are assigned and unassigned one by one', async () => {
  await using it = await bench({ env });
  await it.pass([project(), model]);
  const changed = project({ collaborators: [user('linus')], tags: [], models: [] });
  expect(outcomesOf(await it.pass([changed, model])).toSorted()).toEqual([
    'projects/vision:assign(collaborators/linus@example.com) done',
    'projects/vision:unassign(collaborators/grace@example.com) done',
    'projects/vision:unassign(models/classifier) done',
    'projects/vision:unassign(tags/production) done',
  ]);
  expect((await it.pass([changed, model])).actions).toEqual([]);
  expect(it.contract.problems).toEqual([]);
});

test('a secret that exists but is not listed yet is updated', async () => {
  await using it = await bench({ env });
  await it.pass([project({ secrets: {} }), model]);
  const [made] = it.simulator.world.projects;
  await it.api.post(`/projects/${made?.id}/secrets`, { name: 'HUB_TOKEN', value: 'other' });
  it.simulator.fault({ method: 'GET', path: '/projects/*/secrets', kind: { listLag: 60_000 } });
  expect(outcomesOf(await it.pass([project(), model]))).toEqual([
    'projects/vision:assign(secrets/HUB_TOKEN) done',
  ]);
  expect([...it.simulator.world.secrets].map(({ value }) => value)).toEqual(['hub-token-1']);
});

test('a project is created even if one of its secrets cannot be read, and the secret is reported as blocked', async () => {
  await using it = await bench();
  const lone = want('projects', 'lone', {
    secrets: { TOKEN: { from: 'env', name: 'NOWHERE' } },
  });
  const report = await it.pass([lone]);
  expect(outcomesOf(report)).toEqual(['projects/lone:create done']);
  expect(openOf(report)).toEqual(['blocked projects/lone: secrets/TOKEN: it is not set']);
});
