import type { Deployment, DeploymentConfig, DeploymentSpec } from '../../rows/projects.ts';
import { schedule } from '../../world/steps.ts';
import type { Runners } from '../../world/world.ts';
import { timeOrNull } from '../../world/show.ts';
import type { World } from '../../world/world.ts';

import { note } from './projectActivity.ts';

/** Returns the number of replicas of a spec; 0 while it is disabled. */
export const replicasOf = ({ enabled = true, resources }: DeploymentConfig): number =>
  enabled ? (resources.replicas ?? 1) : 0;

/** Returns the error that its instances show. */
export const errorOf = ({ error, externalApplied, fault }: DeploymentSpec): string | null =>
  error ?? (fault?.inInstances && externalApplied !== null ? fault.error : null);

export const showSpec = (spec: DeploymentSpec) => ({
  id: spec.id,
  data: spec.data,
  deploymentId: spec.deploymentId,
  externalApplied: timeOrNull(spec.externalApplied),
  dtHealthy: timeOrNull(spec.dtHealthy),
  userId: spec.userId,
  error: spec.error,
});

export const deploymentRunners: Runners = {
  'deployment:applied': (world, { target: id }) => {
    const spec = world.deploymentSpecs.get(id);
    if (spec?.fault && !spec.fault.inInstances)
      world.deploymentSpecs.patch(id, { error: spec.fault.error ?? 'failed' });
    else world.deploymentSpecs.patch(id, { externalApplied: world.now });
  },
  'deployment:healthy': (world, { target: id }) => {
    const spec = world.deploymentSpecs.get(id);
    if (spec && !spec.fault) world.deploymentSpecs.patch(id, { dtHealthy: world.now });
  },
};

/** Adds a spec to a deployment. It is applied, and then healthy, after a delay. */
export function submit(world: World, deployment: Deployment, data: DeploymentConfig): void {
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
