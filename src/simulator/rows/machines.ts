/** The rows of the simulated world: machines and their images, scripts, and events. */

import type { Row } from '../world/table.ts';
import type { UserSummary } from './team.ts';
import type { Region } from '../world/regions.ts';

/** A user's access to a machine. Its id combines both ids. */
export interface Accessor extends Row {
  readonly machineId: string;
  readonly user: UserSummary;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

export interface CustomTemplate extends Row {
  readonly name: string;
  readonly agentType: string;
  readonly operatingSystemLabel: string;
  readonly region: Region;
  readonly defaultSizeGb: number;
  readonly availableMachineTypes: readonly TemplateMachineType[];
  readonly parentMachineId: string;
  /** False while the image is created; no machine can be created from it until then. */
  readonly isReady: boolean;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

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

export interface TemplateMachineType {
  readonly machineTypeLabel: string;
  readonly isAvailable: boolean;
}

export interface OsTemplate extends Row {
  readonly name: string;
  readonly agentType: string;
  readonly operatingSystemLabel: string;
  readonly defaultSizeGb: number | null;
  readonly availableMachineTypes: readonly TemplateMachineType[];
  readonly dtCreated: number;
}

export interface Snapshot extends Row {
  readonly name: string;
  readonly machineId: string;
  readonly isAutoSnapshot: boolean;
  readonly dtCreated: number;
}

export interface StartupScript extends Row {
  readonly name: string;
  /** The text. No answer shows it. */
  readonly script: string;
  readonly description: string | null;
  readonly isEnabled: boolean;
  readonly isRunOnce: boolean;
  readonly assignedMachineIds: readonly string[];
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}
