import type {
  Accessor,
  CustomTemplate,
  Machine,
  MachineEvent,
  OsTemplate,
  Snapshot,
  StartupScript,
} from '../rows/machines.ts';
import type {
  ContainerRegistry,
  Member,
  PrivateNetwork,
  PublicIp,
  SharedDrive,
  StorageProvider,
} from '../rows/team.ts';
import type {
  Activity,
  Collaborator,
  Dataset,
  DatasetVersion,
  Deployment,
  DeploymentSpec,
  Model,
  Project,
  Secret,
  Tag,
} from '../rows/projects.ts';
import { randomBytes } from 'node:crypto';

import type { JobFault } from '../faults/faults.ts';
import { Ids } from './ids.ts';
import type { Settings } from '../options.ts';
import type { Region } from './regions.ts';
import { Table } from './table.ts';

/** A scheduled step. Plain data, so that it survives a restart of the simulator. */
export interface Step {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The name of the runner. */
  readonly run: string;
  /** The id of its row, which may no longer exist when the step is due. */
  readonly target: string;
  /** The machine event of the step. */
  readonly event?: string;
  /** Further data for the runner. */
  readonly data?: unknown;
}

/** Runners by name. A job `stop` has up to three: `stop:begin`, `stop:end`, and `stop:undo` if it failed. */
export type Runners = Readonly<Record<string, (world: World, step: Step) => void>>;

/**
 * The resources of the team. Rows contain the requested values; their form in answers is decided when they are sent.
 */
export interface Tables {
  readonly machines: Table<Machine>;
  readonly events: Table<MachineEvent>;
  readonly accessors: Table<Accessor>;
  readonly startupScripts: Table<StartupScript>;
  readonly privateNetworks: Table<PrivateNetwork>;
  readonly customTemplates: Table<CustomTemplate>;
  readonly osTemplates: Table<OsTemplate>;
  readonly publicIps: Table<PublicIp>;
  readonly sharedDrives: Table<SharedDrive>;
  readonly snapshots: Table<Snapshot>;
  readonly storageProviders: Table<StorageProvider>;
  readonly containerRegistries: Table<ContainerRegistry>;
  readonly projects: Table<Project>;
  readonly collaborators: Table<Collaborator>;
  readonly tags: Table<Tag>;
  readonly activity: Table<Activity>;
  readonly secrets: Table<Secret>;
  readonly deployments: Table<Deployment>;
  readonly deploymentSpecs: Table<DeploymentSpec>;
  readonly datasets: Table<Dataset>;
  readonly datasetVersions: Table<DatasetVersion>;
  readonly models: Table<Model>;
  readonly members: Table<Member>;
}

/** The team of the API key. */
export interface Team {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly dtCreated: number;
  /** The user of the API key. */
  readonly userId: string;
  /** The internal network of machines that request none. No operation accepts these ids. */
  readonly defaultNetworks: Readonly<Record<Region, string>>;
}

/**
 * The whole state of the simulator. Tests may change it: `world.machines.patch(id, { name })` acts like a user of the
 * console, without Holdfast's knowledge.
 */
export interface World extends Tables {
  readonly settings: Settings;
  ids: Ids;
  /** The same tables, for code that handles all of them. */
  readonly tables: Tables;
  /** The available machines by `TYPE@region`; unlimited without an entry. */
  readonly capacity: Map<string, number>;
  /** The scheduled steps, soonest first. */
  readonly steps: Step[];
  readonly runners: Runners;
  team: Team;
  /** The key of the digests that replace secrets in the state file. */
  sealKey: string;
  /** The largest number of machines that the team may have. */
  maxMachines: number;
  /** Milliseconds since 1970; set at each request. */
  now: number;
  /** Returns the failure of the job that is about to start; null for none. */
  takeJobFault: () => JobFault | null;
  /** Returns the lag in milliseconds of the list that is about to be read. */
  takeListLag: () => number;
}

/** Creates empty tables. */
function createTables(): Tables {
  return {
    machines: new Table(),
    events: new Table((event) => event.machineId),
    accessors: new Table((accessor) => accessor.machineId),
    startupScripts: new Table(),
    privateNetworks: new Table(),
    customTemplates: new Table(),
    osTemplates: new Table(),
    publicIps: new Table(),
    sharedDrives: new Table(),
    snapshots: new Table((snapshot) => snapshot.machineId),
    storageProviders: new Table(),
    containerRegistries: new Table(),
    projects: new Table(),
    collaborators: new Table((collaborator) => collaborator.projectId),
    tags: new Table((tag) => tag.projectId),
    activity: new Table((entry) => entry.projectId),
    secrets: new Table((secret) => secret.scope),
    deployments: new Table((deployment) => deployment.projectId),
    deploymentSpecs: new Table((spec) => spec.deploymentId),
    datasets: new Table(),
    datasetVersions: new Table((version) => version.datasetId),
    models: new Table(),
    members: new Table(),
  };
}

/** Creates a world without a team, to be seeded or filled from a state file. */
export function createWorld(settings: Settings, runners: Runners): World {
  const tables = createTables();
  return {
    ...tables,
    tables,
    settings,
    runners,
    ids: new Ids(settings.seed),
    capacity: new Map(Object.entries(settings.capacity)),
    steps: [],
    team: {
      id: '',
      namespace: '',
      name: '',
      dtCreated: 0,
      userId: '',
      defaultNetworks: { ny2: '', ca1: '', ams1: '' },
    },
    sealKey: randomBytes(16).toString('hex'),
    maxMachines: settings.maxMachines,
    now: settings.now(),
    takeJobFault: () => null,
    takeListLag: () => 0,
  };
}
