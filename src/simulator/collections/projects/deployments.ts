import { createHash } from 'node:crypto';
import type { Call } from '../../http/call.ts';
import { badRequest, conflict } from '../../http/refusal.ts';
import { change, find, isDeleted } from '../../world/find.ts';
import { list, named } from '../../world/list.ts';
import { readRegion } from '../../world/regions.ts';
import { time } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import { showSpec, submit, type DeploymentConfig } from './deploymentSpecs.ts';
import { note } from './projectActivity.ts';
import { calledProject } from './projects.ts';

interface Deployment extends Row {
  readonly name: string;
  readonly projectId: string;
  readonly latestSpecId: string;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly deployments: Deployment;
  }
}

/** Returns the deployment in the path. Throws a 404 if it does not exist. */
export const calledDeployment = ({ world, path }: Call): Deployment =>
  find(world.deployments, path.id, 'Deployment');

const show = (world: World) => (deployment: Deployment) => {
  const spec = world.deploymentSpecs.get(deployment.latestSpecId);
  return {
    id: deployment.id,
    name: deployment.name,
    projectId: deployment.projectId,
    teamId: world.team.id,
    endpoint: `d${deployment.id.replaceAll('-', '')}.clg07azjl.paperspacegradient.com`,
    latestSpecHash: spec ? hash(spec.data) : null,
    dtCreated: time(deployment.dtCreated),
    latestSpec: spec ? showSpec(spec) : null,
    basicAuthKey: spec?.data.basicAuthKey ?? null,
  };
};

interface UpsertBody {
  readonly deploymentId?: string | null;
  readonly projectId: string;
  readonly config: DeploymentConfig;
}

export default {
  tables: { deployments: { groupOf: (deployment) => deployment.projectId } },
  handlers: {
    'deployments-list': (call: Call) =>
      list(call, { table: call.world.deployments, show: show(call.world) }),
    'projectDeployments-list': (call: Call) =>
      list(call, {
        table: call.world.deployments,
        show: show(call.world),
        group: calledProject(call).id,
        keep: [named(call.query.name)],
      }),
    'deployments-get': (call: Call) => show(call.world)(calledDeployment(call)),
    'deployments-upsert': ({ world, body }: Call<UpsertBody>) => {
      const existing = target(world, body);
      checkConfig(world, body.config);
      const deployment = existing
        ? change(world.deployments, existing, { name: body.config.name })
        : create(world, body);
      submit(world, deployment, body.config);
      return { deploymentId: deployment.id };
    },
    'deployments-delete': (call: Call) => {
      const deployment = calledDeployment(call);
      note(call.world, deployment, 'deployment.deleted');
      for (const spec of call.world.deploymentSpecs.in(deployment.id))
        call.world.deploymentSpecs.delete(spec.id);
      call.world.deployments.delete(deployment.id);
      return { id: deployment.id };
    },
  },
} satisfies Collection;

/** Returns the deployment to update: by id, or else by its name in the project. */
function target(world: World, { deploymentId, projectId, config }: UpsertBody) {
  const project = find(world.projects, projectId, 'Project');
  const namesake = world.deployments
    .in(project.id)
    .find((row) => row.name === config.name && !isDeleted(row));
  if (!deploymentId) return namesake;
  if (namesake && namesake.id !== deploymentId)
    throw conflict(`Deployment ${config.name} exists already`);
  return find(world.deployments, deploymentId, 'Deployment');
}

function checkConfig(world: World, { region, containerRegistry }: DeploymentConfig): void {
  if (region !== undefined && readRegion(region) !== 'ny2')
    throw badRequest('Deployments are available in ny2 only');
  if (
    containerRegistry !== undefined &&
    !world.containerRegistries.find(({ name }) => name === containerRegistry)
  )
    throw badRequest(`Container registry ${containerRegistry} does not exist`);
}

function create(world: World, { projectId, config }: UpsertBody): Deployment {
  const deployment = world.deployments.insert({
    id: world.ids.uuid(),
    name: config.name,
    projectId,
    latestSpecId: '',
    dtCreated: world.now,
    dtDeleted: null,
  });
  note(world, deployment, 'deployment.created');
  return deployment;
}

const hash = (value: unknown) =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
