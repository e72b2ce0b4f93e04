import type { Call } from '../../http/call.ts';
import { findMachineType, GB, storageRate, type MachineType } from '../../world/catalog.ts';
import { find } from '../../world/find.ts';
import { byName, inRegion, list, named } from '../../world/list.ts';
import type { Region } from '../../world/regions.ts';
import { showRegion, time, timeOrNull } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import type { EventName } from './events.ts';

export type MachineState =
  | 'off'
  | 'starting'
  | 'stopping'
  | 'restarting'
  | 'serviceready'
  | 'ready'
  | 'upgrading'
  | 'provisioning';

/** The settings of a machine that a client may write and read. */
export interface MachineSettings {
  readonly autoShutdownEnabled: boolean;
  /** Hours. */
  readonly autoShutdownTimeout: number | null;
  readonly autoShutdownForce: boolean;
  readonly autoSnapshotEnabled: boolean;
  readonly autoSnapshotFrequency: 'hourly' | 'daily' | 'weekly' | 'monthly' | null;
  readonly autoSnapshotSaveCount: number | null;
  readonly restorePointEnabled: boolean;
  readonly restorePointFrequency: 'shutdown' | null;
}

export type PublicIpType = 'static' | 'dynamic' | 'none';

/** One run of a startup script. No answer shows it. */
export interface ScriptRun {
  readonly scriptId: string;
  readonly script: string;
  /** The number of the boot; 1 is the first of the machine. */
  readonly boot: number;
  readonly at: number;
}

export interface Machine extends Row, MachineSettings {
  readonly name: string;
  readonly state: MachineState;
  readonly machineType: string;
  readonly os: string;
  readonly agentType: string;
  readonly region: Region;
  readonly privateIp: string;
  readonly networkId: string;
  readonly publicIp: string | null;
  readonly publicIpType: PublicIpType;
  readonly restorePointSnapshotId: string | null;
  /** Bytes. */
  readonly storageUsed: number;
  readonly dtCreated: number;
  readonly dtModified: number;
  readonly dtDeleted: number | null;
  /** GB. Answers show it as storageTotal, in bytes. */
  readonly diskSize: number;

  // Fields that no answer shows.
  readonly templateId: string;
  readonly startupScriptId: string | null;
  /** Whether the script has run since it was assigned. */
  readonly scriptRan: boolean;
  readonly boots: number;
  readonly scriptRuns: readonly ScriptRun[];
  /** The job that runs on the machine. */
  readonly busy: EventName | null;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly machines: Machine;
  }
}

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

export default {
  tables: {
    machines: {
      seal: (row, digest) => ({
        ...row,
        scriptRuns: row.scriptRuns.map((run) => ({ ...run, script: digest(run.script) })),
      }),
    },
  },
  handlers: {
    'machines-list': (call: Call<unknown, { readonly agentType?: string }>) => {
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
            windows: {
              hostname,
              port: 443,
              ...(machine.publicIp && { publicIp: machine.publicIp }),
            },
          }
        : { vnc: { hostname, port: 5900, password: `vnc-${machine.id}` } };
    },
  },
} satisfies Collection;

const sameType = (a: string, b: string) => a.toUpperCase() === b.toUpperCase();
