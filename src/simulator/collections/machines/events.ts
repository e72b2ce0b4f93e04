import type { Call, Handlers } from '../../http/call.ts';
import { find } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { time, timeOrNull, without } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';

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

export interface MachineEvent extends Row {
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

export const showEvent = (event: MachineEvent): unknown => ({
  ...without(event, 'fault'),
  dtCreated: time(event.dtCreated),
  dtStarted: timeOrNull(event.dtStarted),
  dtFinished: timeOrNull(event.dtFinished),
});

export const eventHandlers: Handlers = {
  'machineEvents-list': (call: Call) =>
    list(call, {
      table: call.world.events,
      show: showEvent,
      ...(call.query.machineId !== undefined && { group: call.query.machineId }),
    }),
  'machineEvents-get': ({ world, path }: Call) =>
    showEvent(find(world.events, path.id, 'Machine event')),
};
