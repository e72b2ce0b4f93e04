import type { Call } from '../../http/call.ts';
import { find } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { time, timeOrNull, without } from '../../world/show.ts';
import { schedule } from '../../world/steps.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';

/** The jobs of the contract that the simulator runs. */
export type EventName =
  | 'create'
  | 'deactivate'
  | 'restart'
  | 'snapshot-create'
  | 'snapshot-delete'
  | 'snapshot-restore'
  | 'start'
  | 'stop'
  | 'template-create'
  | 'vm-upgrade';

interface MachineEvent extends Row {
  readonly name: EventName;
  readonly state: 'new' | 'in progress' | 'done' | 'error' | 'cancelled';
  readonly machineId: string | null;
  readonly dtCreated: number;
  readonly dtStarted: number | null;
  readonly dtFinished: number | null;
  readonly error: string | null;
  /** The error with which it will end. */
  readonly fault: { readonly error: string | null } | null;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly events: MachineEvent;
  }
}

/** The parameters of a job on a machine. */
export interface Job {
  readonly name: EventName;
  readonly machineId: string;
  /** The id of the job's row. Default: the machine. */
  readonly target?: string;
  /** Milliseconds from the start to the end. */
  readonly takes: number;
  readonly data?: unknown;
}

/** Queues a job on a machine, marks the machine as busy, and returns the event, still `new`. */
export function startJob(world: World, job: Job): MachineEvent {
  const event = world.events.insert({
    id: world.ids.next('ev'),
    name: job.name,
    state: 'new',
    machineId: job.machineId,
    dtCreated: world.now,
    dtStarted: null,
    dtFinished: null,
    error: null,
    fault: world.takeJobFault(),
  });
  world.machines.patch(job.machineId, { busy: job.name });
  const step = { target: job.target ?? job.machineId, event: event.id, data: job.data };
  const { queue } = world.settings.durations;
  schedule(world, queue, { run: 'job:begin', ...step });
  schedule(world, queue + job.takes, { run: 'job:end', ...step });
  return event;
}

export const showEvent = (event: MachineEvent): unknown => ({
  ...without(event, 'fault'),
  dtCreated: time(event.dtCreated),
  dtStarted: timeOrNull(event.dtStarted),
  dtFinished: timeOrNull(event.dtFinished),
});

export default {
  tables: { events: { groupOf: (event) => event.machineId } },
  handlers: {
    'machineEvents-list': (call: Call) =>
      list(call, {
        table: call.world.events,
        show: showEvent,
        ...(call.query.machineId !== undefined && { group: call.query.machineId }),
      }),
    'machineEvents-get': ({ world, path }: Call) =>
      showEvent(find(world.events, path.id, 'Machine event')),
  },
  /** The two runners of every job. */
  runners: {
    'job:begin': (world, step) => {
      const event = world.events.patch(step.event ?? '', {
        state: 'in progress',
        dtStarted: world.now,
      });
      if (event) world.runners[`${event.name}:begin`]?.(world, step);
    },
    'job:end': (world, step) => {
      const event = world.events.get(step.event ?? '');
      if (!event) return;
      world.machines.patch(event.machineId ?? '', { busy: null });
      if (event.fault)
        world.events.patch(event.id, {
          state: 'error',
          error: event.fault.error,
          dtFinished: world.now,
        });
      else finish(world, event.id);
      // A job that ends in an error without a text has taken effect: it is not always a failure (FACTS 1.4).
      const failed = event.fault !== null && event.fault.error !== null;
      world.runners[`${event.name}:${failed ? 'undo' : 'end'}`]?.(world, step);
    },
  },
} satisfies Collection;

/** Marks an event as done now. */
function finish(world: World, eventId: string): void {
  world.events.patch(eventId, { state: 'done', dtFinished: world.now });
}
