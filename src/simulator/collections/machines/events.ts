import type { MachineEvent } from '../../rows/machines.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { find } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { time, timeOrNull, without } from '../../world/show.ts';

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
