import type { Call } from '../../http/call.ts';
import { list } from '../../world/list.ts';
import { time, timeOrNull } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { Rows, World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import { calledProject } from './projects.ts';

interface Activity extends Row {
  readonly projectId: string;
  readonly action:
    | 'deployment.created'
    | 'deployment.updated'
    | 'deployment.deleted'
    | 'deployment.scaled'
    | 'deployment.enabled'
    | 'deployment.disabled';
  readonly data: { readonly from: number; readonly to: number } | null;
  readonly deploymentId: string;
  /** The name at that time. */
  readonly deploymentName: string;
  readonly userId: string;
  readonly dtCreated: number;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly activity: Activity;
  }
}

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
  deployment: Rows['deployments'],
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

export default {
  tables: { activity: { groupOf: (entry) => entry.projectId } },
  handlers: {
    'projectActivity-list': (call: Call<unknown, { readonly deploymentId?: string }>) => {
      const { deploymentId } = call.query;
      return list(call, {
        table: call.world.activity,
        show: show(call.world),
        group: calledProject(call).id,
        keep: [deploymentId === undefined ? undefined : (row) => row.deploymentId === deploymentId],
      });
    },
  },
} satisfies Collection;
