import type { Call } from '../../http/call.ts';
import { list } from '../../world/list.ts';
import { time } from '../../world/show.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import { errorOf, replicasOf, showSpec, type DeploymentSpec } from './deploymentSpecs.ts';
import { calledDeployment } from './deployments.ts';

/** The logs, metrics, and runs of deployments. All are invented from the specs. */
export default {
  handlers: {
    'deploymentHistory-list': (call: Call) =>
      list(call, {
        table: call.world.deploymentSpecs,
        show: (spec) => ({ ...showSpec(spec), workflowRun: null }),
        group: calledDeployment(call).id,
      }),
    'deploymentLogs-list': (call: Call<unknown, { readonly instanceId?: string }>) => {
      const { instanceId } = call.query;
      return list(call, {
        table: call.world.deploymentSpecs,
        show: logLine,
        group: calledDeployment(call).id,
        keep: [instanceId === undefined ? undefined : (spec) => instanceOf(spec, 0) === instanceId],
      });
    },
    'deploymentMetrics-get': (call: Call) => {
      const spec = call.world.deploymentSpecs.get(calledDeployment(call).latestSpecId);
      return replicas(spec).map((index) => ({
        instanceId: spec ? instanceOf(spec, index) : '',
        values: [{ timestamp: time(call.world.now), value: '0' }],
      }));
    },
    /** A bare array, not a page (FACTS 5.2). */
    'deploymentRuns-get': (call: Call) =>
      call.world.deploymentSpecs
        .in(calledDeployment(call).id)
        .toReversed()
        .slice(0, call.query.limit ?? 10)
        .map((spec) => run(call.world, spec)),
  },
} satisfies Collection;

const logLine = (spec: DeploymentSpec) => ({
  id: spec.id,
  jobId: spec.deploymentId,
  message: `Starting ${spec.data.name}`,
  dtCreated: time(spec.dtCreated),
  instanceId: instanceOf(spec, 0),
});

function run(world: World, spec: DeploymentSpec) {
  const latest = world.deployments.get(spec.deploymentId)?.latestSpecId === spec.id;
  const count = latest ? replicasOf(spec.data) : 0;
  const ready = spec.dtHealthy === null ? 0 : count;
  return {
    id: spec.id,
    availableReplicas: ready,
    readyReplicas: ready,
    replicas: count,
    instances: latest ? replicas(spec).map((index) => instance(spec, index)) : [],
  };
}

function instance(spec: DeploymentSpec, index: number) {
  const error = errorOf(spec);
  const state = error ? 'errored' : spec.dtHealthy === null ? 'pending' : 'running';
  const id = instanceOf(spec, index);
  return {
    id,
    instanceId: id,
    dtCreated: time(spec.dtCreated),
    dtFinished: null,
    state,
    stateMessage: error,
    history: [{ state, message: error, timestamp: time(spec.dtCreated) }],
  };
}

const instanceOf = (spec: DeploymentSpec, index: number) => `${spec.id.slice(0, 8)}-${index}`;

const replicas = (spec: DeploymentSpec | undefined): readonly number[] =>
  spec ? Array.from({ length: replicasOf(spec.data) }, (_, index) => index) : [];
