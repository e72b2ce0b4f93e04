import { randomBytes } from 'node:crypto';
import type { JobFault } from '../faults/faults.ts';
import type { Settings } from '../options.ts';
import { Ids } from './ids.ts';
import type { Region } from './regions.ts';
import { Table, type Row, type TableDefinition } from './table.ts';

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
 * The types of the rows of all tables, by the name of the table. The file of each collection adds its own, so that
 * collections may use each other's tables without importing each other.
 */
export interface Rows {}

/**
 * The resources of the team. Rows contain the requested values; their form in answers is decided when they are sent.
 */
export type Tables = { readonly [Name in keyof Rows]: Table<Rows[Name]> };

/** The definitions of all tables. */
export type TableDefinitions = { readonly [Name in keyof Rows]: TableDefinition<Rows[Name]> };

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

/** Creates a world without a team, to be seeded or filled from a state file. */
export function createWorld(
  settings: Settings,
  definitions: TableDefinitions,
  runners: Runners,
): World {
  const tables = createTables(definitions);
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

const createTables = (definitions: TableDefinitions): Tables =>
  Object.fromEntries(
    Object.entries<TableDefinition<Row>>(definitions).map(([name, definition]) => [
      name,
      new Table(definition),
    ]),
  ) as unknown as Tables;
