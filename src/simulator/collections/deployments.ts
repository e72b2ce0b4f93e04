import { createHash } from 'node:crypto';
import type { Call, Handlers } from '../call.ts';
import { change, find, isDeleted } from '../find.ts';
import { schedule, type Runners } from '../jobs.ts';
import { list, named } from '../list.ts';
import { badRequest, conflict } from '../refusal.ts';
import { readRegion } from '../regions.ts';
import { time, timeOrNull } from '../show.ts';
import type { Row } from '../table.ts';
import type { World } from '../world.ts';
import { note } from './project-activity.ts';
import { calledProject } from './projects.ts';

/** The parts of a spec that the simulator looks at; the contract knows the rest. */
export interface DeploymentConfig {
  readonly name: string;
  readonly region?: string;
  readonly enabled?: boolean;
  readonly containerRegistry?: string;
  readonly basicAuthKey?: string;
  readonly resources: { readonly replicas?: number };
}

export interface Deployment extends Row {
  readonly name: string;
  readonly projectId: string;
  readonly latestSpecId: string;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

/** One submitted spec. */
export interface DeploymentSpec extends Row {
  readonly deploymentId: string;
  readonly data: DeploymentConfig;
  readonly userId: string;
  readonly externalApplied: number | null;
  readonly dtHealthy: number | null;
  readonly error: string | null;
  readonly dtCreated: number;
  /** The error that it shall end with. */
  readonly fault: { readonly error: string | null } | null;
}

/** The deployment that the path names, or 404. */
export const calledDeployment = ({ world, path }: Call): Deployment =>
  find(world.deployments, path.id, 'Deployment');

/** How many replicas a spec wants; none while it is disabled. */
export const replicasOf = ({ enabled = true, resources }: DeploymentConfig): number =>
  enabled ? (resources.replicas ?? 1) : 0;

export const showSpec = (spec: DeploymentSpec) => ({
  id: spec.id,
  data: spec.data,
  deploymentId: spec.deploymentId,
  externalApplied: timeOrNull(spec.externalApplied),
  dtHealthy: timeOrNull(spec.dtHealthy),
  userId: spec.userId,
  error: spec.error,
});

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

export const deploymentHandlers: Handlers = {
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
};

export const deploymentRunners: Runners = {
  'deployment:applied': (world, { target: id }) => {
    const spec = world.deploymentSpecs.get(id);
    if (spec?.fault) world.deploymentSpecs.patch(id, { error: spec.fault.error ?? 'failed' });
    else world.deploymentSpecs.patch(id, { externalApplied: world.now });
  },
  'deployment:healthy': (world, { target: id }) => {
    const spec = world.deploymentSpecs.get(id);
    if (spec && !spec.fault) world.deploymentSpecs.patch(id, { dtHealthy: world.now });
  },
};

/** The deployment to update: by id, else by its name in the project. */
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

/** Adds a spec, which is applied and then healthy after a while. */
function submit(world: World, deployment: Deployment, data: DeploymentConfig): void {
  const before = world.deploymentSpecs.get(deployment.latestSpecId);
  const spec = world.deploymentSpecs.insert({
    id: world.ids.uuid(),
    deploymentId: deployment.id,
    data,
    userId: world.team.userId,
    externalApplied: null,
    dtHealthy: null,
    error: null,
    dtCreated: world.now,
    fault: world.takeJobFault(),
  });
  world.deployments.patch(deployment.id, { latestSpecId: spec.id });
  if (before) noteChange(world, deployment, before.data, data);
  const takes = world.settings.durations.deployment;
  schedule(world, takes / 2, { run: 'deployment:applied', target: spec.id });
  schedule(world, takes, { run: 'deployment:healthy', target: spec.id });
}

function noteChange(
  world: World,
  deployment: Deployment,
  before: DeploymentConfig,
  after: DeploymentConfig,
): void {
  const [from, to] = [replicasOf(before), replicasOf(after)];
  note(world, deployment, 'deployment.updated');
  if ((before.enabled ?? true) !== (after.enabled ?? true))
    note(world, deployment, after.enabled === false ? 'deployment.disabled' : 'deployment.enabled');
  else if (from !== to) note(world, deployment, 'deployment.scaled', { from, to });
}

const hash = (value: unknown) =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
