import type { Call } from '../../http/call.ts';
import { change, find } from '../../world/find.ts';
import { byName, list } from '../../world/list.ts';
import { without } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import { requireIdle } from '../lib/machineStates.ts';
import { showEvent, startJob, type Job } from './events.ts';

export interface Snapshot extends Row {
  readonly name: string;
  readonly machineId: string;
  readonly isAutoSnapshot: boolean;
  readonly dtCreated: number;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly snapshots: Snapshot;
  }
}

const show = (snapshot: Snapshot) => without(snapshot, 'dtCreated');

/** Adds a snapshot without a job, as the service does by itself. */
export const takeSnapshot = (world: World, machineId: string, name: string): Snapshot =>
  world.snapshots.insert({
    id: world.ids.next('ss'),
    name,
    machineId,
    isAutoSnapshot: false,
    dtCreated: world.now,
  });

interface CreateBody {
  readonly name: string;
  readonly machineId: string;
}

interface RestoreBody {
  readonly createSnapshotBeforeRestore?: boolean;
}

const called = ({ world, path }: Call) => find(world.snapshots, path.id, 'Snapshot');

export default {
  tables: { snapshots: { groupOf: (snapshot) => snapshot.machineId } },
  handlers: {
    'snapshots-list': (call: Call) =>
      list(call, {
        table: call.world.snapshots,
        show,
        orders: { name: byName },
        ...(call.query.machineId !== undefined && { group: call.query.machineId }),
      }),
    'snapshots-create': ({ world, body }: Call<CreateBody>) => {
      requireIdle(find(world.machines, body.machineId, 'Machine'), ['off', 'ready']);
      return queue(world, 'snapshot-create', takeSnapshot(world, body.machineId, body.name));
    },
    'snapshots-get': (call: Call) => show(called(call)),
    'snapshots-update': (call: Call<{ readonly name?: string }>) =>
      show(change(call.world.snapshots, called(call), call.body)),
    'snapshots-delete': (call: Call) => queue(call.world, 'snapshot-delete', idle(call)),
    'snapshots-restore': (call: Call<RestoreBody>) =>
      queue(call.world, 'snapshot-restore', idle(call), call.body),
  },
  runners: {
    'snapshot-create:undo': (world, { target }) => {
      world.snapshots.delete(target);
    },
    'snapshot-delete:end': (world, { target }) => {
      world.snapshots.delete(target);
    },
    'snapshot-restore:begin': (world, { target, data }) => {
      const snapshot = world.snapshots.get(target);
      if (snapshot && (data as RestoreBody).createSnapshotBeforeRestore)
        takeSnapshot(world, snapshot.machineId, `Before restore of ${snapshot.name}`);
    },
  },
} satisfies Collection;

/** Returns the snapshot of a request. Throws a 409 while its machine is busy. */
function idle(call: Call): Snapshot {
  const snapshot = called(call);
  requireIdle(find(call.world.machines, snapshot.machineId, 'Machine'), ['off', 'ready']);
  return snapshot;
}

function queue(world: World, name: Job['name'], snapshot: Snapshot, data?: RestoreBody) {
  const event = startJob(world, {
    name,
    machineId: snapshot.machineId,
    target: snapshot.id,
    takes: world.settings.durations.snapshot,
    data,
  });
  return { event: showEvent(event), data: show(snapshot) };
}
