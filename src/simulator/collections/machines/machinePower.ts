import type { MachineState } from '../../rows/machines.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { change, find } from '../../world/find.ts';
import { schedule, startJob } from '../../world/steps.ts';
import type { Runners } from '../../world/world.ts';
import { showEvent } from './events.ts';
import { bootUp, powerOff, setState } from '../lib/machineBoot.ts';
import type { CreateData } from './machineCreate.ts';
import { removeMachine } from './machineRemove.ts';
import { requireIdle } from '../lib/machineStates.ts';
import { showMachine } from './machines.ts';
import { takeSnapshot } from './snapshots.ts';

/** The name of each job's duration. */
const lengths = { start: 'start', stop: 'stop', restart: 'restart', deactivate: 'delete' } as const;

export const machinePowerHandlers: Handlers = {
  'machines-start': (call: Call) => queue(call, ['off'], 'start', 'starting'),
  'machines-stop': (call: Call) => queue(call, ['ready'], 'stop', 'stopping'),
  /** The state stays `ready` until the job begins (FACTS 4.1). */
  'machines-restart': (call: Call) => queue(call, ['ready'], 'restart'),
  'machines-delete': (call: Call) =>
    queue(call, ['off', 'ready', 'starting', 'serviceready'], 'deactivate'),
};

export const machinePowerRunners: Runners = {
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
};

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
