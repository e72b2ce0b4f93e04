import type { Call } from '../../http/call.ts';
import { badRequest, notFound } from '../../http/refusal.ts';
import { giveBackCapacity, takeCapacity } from '../../world/capacity.ts';
import { findMachineType } from '../../world/catalog.ts';
import { change, find } from '../../world/find.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import { changeSettings, type SettingsBody } from '../lib/machineSettings.ts';
import { requireIdle } from '../lib/machineStates.ts';
import { offeredType, templateOf } from '../lib/templates.ts';
import { findNetwork, privateAddress } from '../team/privateNetworks.ts';
import { changeAddress } from '../team/publicIps.ts';
import { showEvent, startJob } from './events.ts';
import { showMachine, type Machine, type PublicIpType } from './machines.ts';

interface UpdateBody extends SettingsBody {
  readonly name?: string;
  readonly machineType?: string;
  readonly diskSize?: number;
  readonly networkId?: string;
  readonly publicIpType?: PublicIpType;
  readonly restorePointSnapshotId?: string;
}

interface Upgrade {
  readonly machineType: string;
  readonly diskSize: number;
}

export default {
  handlers: {
    'machines-update': ({ world, path, body }: Call<UpdateBody>) => {
      const machine = find(world.machines, path.id, 'Machine');
      requireIdle(machine, ['off', 'ready']);
      const upgrade = readUpgrade(world, machine, body);
      const changes = lightChanges(world, machine, body);
      if (upgrade) takeCapacity(world, upgrade.machineType, machine.region);
      change(world.machines, machine, { ...changes, dtModified: world.now });
      if (body.publicIpType) changeAddress(world, machine, body.publicIpType);
      const event = upgrade && startUpgrade(world, machine, upgrade);
      return {
        ...(event && { event: showEvent(event) }),
        data: showMachine(world)(world.machines.get(machine.id) ?? machine),
      };
    },
  },
  runners: {
    'vm-upgrade:end': (world, { target, data }) => {
      const machine = world.machines.get(target);
      if (!machine) return;
      giveBackCapacity(world, machine.machineType, machine.region);
      world.machines.patch(target, { ...(data as Upgrade), state: 'off' });
    },
    'vm-upgrade:undo': (world, { target, data }) => {
      const machine = world.machines.patch(target, { state: 'off' });
      if (machine) giveBackCapacity(world, (data as Upgrade).machineType, machine.region);
    },
  },
} satisfies Collection;

function startUpgrade(world: World, machine: Machine, data: Upgrade) {
  const takes = world.settings.durations.upgrade;
  const event = startJob(world, { name: 'vm-upgrade', machineId: machine.id, takes, data });
  world.machines.patch(machine.id, { state: 'upgrading' });
  return event;
}

/** The requested hardware, if it differs from the machine's. */
function readUpgrade(world: World, machine: Machine, body: UpdateBody): Upgrade | undefined {
  const { diskSize = machine.diskSize } = body;
  const machineType =
    body.machineType === undefined
      ? machine.machineType
      : offeredType(templateOf(world, machine), body.machineType);
  if (diskSize < machine.diskSize) throw badRequest('diskSize can only grow');
  if (hasGpu(machineType) !== hasGpu(machine.machineType))
    throw badRequest(`Machine type cannot change from ${machine.machineType} to ${machineType}`);
  if (diskSize === machine.diskSize && machineType === machine.machineType) return undefined;
  requireIdle(machine, ['off']);
  return { machineType, diskSize };
}

function lightChanges(world: World, machine: Machine, body: UpdateBody): Partial<Machine> {
  const { name, networkId, restorePointSnapshotId: snapshotId } = body;
  if (snapshotId !== undefined && world.snapshots.get(snapshotId)?.machineId !== machine.id)
    throw notFound(`Snapshot ${snapshotId}`);
  return {
    ...changeSettings(machine, body, world.settings.stickyShutdown),
    ...(name !== undefined && { name }),
    ...(snapshotId !== undefined && { restorePointSnapshotId: snapshotId }),
    ...(networkId !== undefined && moveTo(world, machine, networkId)),
  };
}

function moveTo(world: World, machine: Machine, id: string): Partial<Machine> {
  const network = findNetwork(world, id, machine.region);
  return network.id === machine.networkId
    ? {}
    : { networkId: network.id, privateIp: privateAddress(world, network.id) };
}

/** Machine types change only within a family. CPU and GPU are certainly different families (FACTS 9). */
const hasGpu = (label: string) => findMachineType(label)?.gpu != null;
