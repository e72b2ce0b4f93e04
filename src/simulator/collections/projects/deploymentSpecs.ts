import type { JobFault } from '../../faults/faults.ts';
import { timeOrNull } from '../../world/show.ts';
import { schedule } from '../../world/steps.ts';
import type { Row } from '../../world/table.ts';
import type { Rows, World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import { note } from './projectActivity.ts';

/** The fields of a spec that the simulator uses. The contract defines the others. */
export interface DeploymentConfig {
  readonly name: string;
  readonly region?: string;
  readonly enabled?: boolean;
  readonly containerRegistry?: string;
  readonly basicAuthKey?: string;
  readonly resources: { readonly replicas?: number };
}

/** A submitted spec. */
export interface DeploymentSpec extends Row {
  readonly deploymentId: string;
  readonly data: DeploymentConfig;
  readonly userId: string;
  readonly externalApplied: number | null;
  readonly dtHealthy: number | null;
  readonly error: string | null;
  readonly dtCreated: number;
  /** The error with which it will end. */
  readonly fault: JobFault | null;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly deploymentSpecs: DeploymentSpec;
  }
}

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

export default {
  tables: {
    deploymentSpecs: {
      groupOf: (spec) => spec.deploymentId,
      seal: (row, digest) => ({ ...row, data: sealConfig(row.data, digest) }),
    },
  },
  runners: {
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
  },
} satisfies Collection;

/** Adds a spec to a deployment. It is applied, and then healthy, after a delay. */
export function submit(
  world: World,
  deployment: Rows['deployments'],
  data: DeploymentConfig,
): void {
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
  deployment: Rows['deployments'],
  before: DeploymentConfig,
  after: DeploymentConfig,
): void {
  const [from, to] = [replicasOf(before), replicasOf(after)];
  note(world, deployment, 'deployment.updated');
  if ((before.enabled ?? true) !== (after.enabled ?? true))
    note(world, deployment, after.enabled === false ? 'deployment.disabled' : 'deployment.enabled');
  else if (from !== to) note(world, deployment, 'deployment.scaled', { from, to });
}

const secretKeys = ['basicAuthKey', 'secretAccessKey', 'password'];

/**
 * Replaces the keys and passwords in a deployment spec, at any depth, by digests. References to stored secrets
 * (`secret:NAME`) stay.
 */
const sealConfig = <T>(config: T, digest: (secret: string) => string): T =>
  JSON.parse(
    JSON.stringify(config, (key, value: unknown) =>
      typeof value === 'string' && secretKeys.includes(key) && !value.startsWith('secret:')
        ? digest(value)
        : value,
    ),
  ) as T;
