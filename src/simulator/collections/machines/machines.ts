import type { Machine } from '../../rows/machines.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { findMachineType, GB, storageRate, type MachineType } from '../../world/catalog.ts';
import { find } from '../../world/find.ts';
import { byName, inRegion, list, named } from '../../world/list.ts';
import { showRegion, time, timeOrNull } from '../../world/show.ts';
import type { World } from '../../world/world.ts';

/** Converts a machine to its form in answers. Field by field for speed: lists of thousands pass through here. */
export const showMachine =
  (world: World) =>
  (machine: Machine): unknown => {
    const type = findMachineType(machine.machineType);
    const bytes = (count: number) => (world.settings.bytes === 'strings' ? String(count) : count);
    const dtCreated = time(machine.dtCreated);
    return {
      id: machine.id,
      name: machine.name,
      state: machine.state,
      os: machine.os,
      machineType: machine.machineType,
      agentType: machine.agentType,
      cpus: type?.cpus ?? 0,
      ram: bytes((type?.ramGb ?? 0) * GB),
      storageTotal: bytes(machine.diskSize * GB),
      storageUsed: bytes(machine.storageUsed),
      accelerators: type?.gpu ? [accelerator(type.gpu)] : null,
      region: showRegion(world, machine.region),
      privateIp: machine.privateIp,
      networkId: machine.networkId,
      publicIp: machine.publicIp,
      publicIpType: machine.publicIpType,
      autoShutdownEnabled: machine.autoShutdownEnabled,
      autoShutdownTimeout: machine.autoShutdownTimeout,
      autoShutdownForce: machine.autoShutdownForce,
      autoSnapshotEnabled: machine.autoSnapshotEnabled,
      autoSnapshotFrequency: machine.autoSnapshotFrequency,
      autoSnapshotSaveCount: machine.autoSnapshotSaveCount,
      updatesPending: false,
      restorePointEnabled: machine.restorePointEnabled,
      restorePointFrequency: machine.restorePointFrequency,
      restorePointSnapshotId: machine.restorePointSnapshotId,
      usageRate: type?.usageRate ?? 0,
      storageRate: storageRate(machine.diskSize),
      dtCreated,
      dtModified: machine.dtModified === machine.dtCreated ? dtCreated : time(machine.dtModified),
      dtDeleted: timeOrNull(machine.dtDeleted),
      reservation: null,
    };
  };

const accelerator = ({ name, memoryGb, count }: NonNullable<MachineType['gpu']>) => ({
  name,
  memory: String(memoryGb * GB),
  count,
});

const byState = (a: Machine, b: Machine) => (a.state < b.state ? -1 : a.state > b.state ? 1 : 0);

export const machineHandlers: Handlers = {
  'machines-list': (call: Call) => {
    const { name, region, agentType, machineType } = call.query;
    return list(call, {
      table: call.world.machines,
      show: showMachine(call.world),
      keep: [
        named(name),
        inRegion(region),
        agentType === undefined ? undefined : (row) => row.agentType === agentType,
        machineType === undefined ? undefined : (row) => sameType(row.machineType, machineType),
      ],
      orders: { name: byName, state: byState },
    });
  },
  'machines-get': ({ world, path }: Call) =>
    showMachine(world)(find(world.machines, path.id, 'Machine')),
  'machines-getDesktop': ({ world, path }: Call) => {
    const machine = find(world.machines, path.id, 'Machine');
    const hostname = machine.publicIp ?? machine.privateIp;
    return machine.agentType.startsWith('Windows')
      ? {
          windows: { hostname, port: 443, ...(machine.publicIp && { publicIp: machine.publicIp }) },
        }
      : { vnc: { hostname, port: 5900, password: `vnc-${machine.id}` } };
  },
};

const sameType = (a: string, b: string) => a.toUpperCase() === b.toUpperCase();
