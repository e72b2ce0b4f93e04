import type { Call } from '../../http/call.ts';
import { giveBackCapacity } from '../../world/capacity.ts';
import { change, find, retire } from '../../world/find.ts';
import { schedule } from '../../world/steps.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import { bootUp, powerOff, setState } from '../lib/machineBoot.ts';
import { requireIdle } from '../lib/machineStates.ts';
import { showEvent, startJob } from './events.ts';
import type { CreateData } from './machineCreate.ts';
import { showMachine, type MachineState } from './machines.ts';
import { takeSnapshot } from './snapshots.ts';
import { unassignScript } from './startupScripts.ts';

/** The name of each job's duration. */
const lengths = { start: 'start', stop: 'stop', restart: 'restart', deactivate: 'delete' } as const;

export default {
  handlers: {
    'machines-start': (call: Call) => queue(call, ['off'], 'start', 'starting'),
    'machines-stop': (call: Call) => queue(call, ['ready'], 'stop', 'stopping'),
    /** The state stays `ready` until the job begins (FACTS 4.1). */
    'machines-restart': (call: Call) => queue(call, ['ready'], 'restart'),
    'machines-delete': (call: Call) =>
      queue(call, ['off', 'ready', 'starting', 'serviceready'], 'deactivate'),
  },
  runners: {
    'create:begin': (world, { target, data }) => {
      const { create, boot } = world.settings.durations;
      if (!(data as CreateData).start || world.settings.createDone === 'before-boot') return;
      schedule(world, create, { run: 'machine:starting', target });
      schedule(world, create + boot / 2, { run: 'machine:serviceready', target });
    },
    'create:end': (world, { target, data }) => {
      const { start, snapshot } = data as CreateData;
      if (snapshot) takeSnapshot(world, target, 'Initial snapshot');
      if (!start) setState(world, target, 'off');
      else if (world.settings.createDone === 'after-boot') bootUp(world, target);
      else {
        const length = world.settings.durations.boot;
        setState(world, target, 'starting');
        schedule(world, length / 2, { run: 'machine:serviceready', target });
        schedule(world, length, { run: 'machine:ready', target });
      }
    },
    'create:undo': (world, { target }) => removeMachine(world, target),

    'start:begin': (world, { target }) =>
      schedule(world, world.settings.durations.start / 2, { run: 'machine:serviceready', target }),
    'start:end': (world, { target }) => bootUp(world, target),
    'start:undo': (world, { target }) => powerOff(world, target),

    'stop:end': (world, { target }) => powerOff(world, target),
    'stop:undo': (world, { target }) => setState(world, target, 'ready'),

    'restart:begin': (world, { target }) => setState(world, target, 'restarting'),
    'restart:end': (world, { target }) => bootUp(world, target),
    'restart:undo': (world, { target }) => setState(world, target, 'ready'),

    'deactivate:begin': (world, { target }) => {
      if (world.machines.get(target)?.state !== 'off') setState(world, target, 'stopping');
    },
    'deactivate:end': (world, { target }) => removeMachine(world, target),
    'deactivate:undo': (world, { target }) => powerOff(world, target),

    'machine:starting': (world, { target }) => setState(world, target, 'starting'),
    'machine:serviceready': (world, { target }) => {
      if (world.machines.get(target)?.state === 'starting') setState(world, target, 'serviceready');
    },
    'machine:ready': (world, { target }) => {
      if (world.machines.get(target)?.state === 'serviceready') bootUp(world, target);
    },
  },
} satisfies Collection;

/** Starts a job on a machine in one of these states, and changes its state to `to` immediately. */
function queue(
  { world, path }: Call,
  states: readonly MachineState[],
  name: keyof typeof lengths,
  to?: MachineState,
) {
  const machine = find(world.machines, path.id, 'Machine');
  requireIdle(machine, states);
  const takes = world.settings.durations[lengths[name]];
  const event = startJob(world, { name, machineId: machine.id, takes });
  const data = change(world.machines, machine, to ? { state: to } : {});
  return { event: showEvent(event), data: showMachine(world)(data) };
}

/** Removes a machine with its snapshots and accessors. Its static address, script, and network remain (FACTS 3.1). */
export function removeMachine(world: World, id: string): void {
  const machine = world.machines.get(id);
  if (!machine) return;
  unassignScript(world, machine);
  for (const snapshot of world.snapshots.in(id)) world.snapshots.delete(snapshot.id);
  for (const accessor of world.accessors.in(id)) world.accessors.delete(accessor.id);
  for (const address of world.publicIps.filter(({ machineId }) => machineId === id))
    world.publicIps.patch(address.id, { machineId: null });
  giveBackCapacity(world, machine.machineType, machine.region);
  world.machines.patch(id, { state: 'off', busy: null, publicIp: null });
  retire(world, 'machines', world.machines.get(id) ?? machine);
}
