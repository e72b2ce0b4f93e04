import type { Activity, Deployment } from '../../rows/projects.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { list } from '../../world/list.ts';
import { time, timeOrNull } from '../../world/show.ts';
import type { World } from '../../world/world.ts';

import { calledProject } from './projects.ts';

const show = (world: World) => (entry: Activity) => {
  const user = world.members.get(entry.userId);
  return {
    id: entry.id,
    data: entry.data,
    action: entry.action,
    dtCreated: time(entry.dtCreated),
    deployment: {
      id: entry.deploymentId,
      name: entry.deploymentName,
      dtDeleted: timeOrNull(entry.action === 'deployment.deleted' ? entry.dtCreated : null),
    },
    actor: user ? { fullName: `${user.firstName} ${user.lastName}`, email: user.email } : null,
  };
};

/** Adds an entry to the log of the deployment's project. */
export function note(
  world: World,
  deployment: Deployment,
  action: Activity['action'],
  data: Activity['data'] = null,
): void {
  world.activity.insert({
    id: world.ids.uuid(),
    projectId: deployment.projectId,
    action,
    data,
    deploymentId: deployment.id,
    deploymentName: deployment.name,
    userId: world.team.userId,
    dtCreated: world.now,
  });
}

export const projectActivityHandlers: Handlers = {
  'projectActivity-list': (call: Call) => {
    const { deploymentId } = call.query;
    return list(call, {
      table: call.world.activity,
      show: show(call.world),
      group: calledProject(call).id,
      keep: [deploymentId === undefined ? undefined : (row) => row.deploymentId === deploymentId],
    });
  },
};
