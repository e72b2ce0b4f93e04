import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  createPrivateDirectory,
  readPrivateFile,
  writePrivateFile,
} from '../../model/files/privateFiles.ts';
import type { Collections } from '../collections/lib/load.ts';
import type { Settings } from '../options.ts';
import { allTables } from '../world/find.ts';
import { Ids } from '../world/ids.ts';
import type { Row, Table } from '../world/table.ts';
import { createWorld, type Step, type Team, type World } from '../world/world.ts';
import { seal } from './seal.ts';
import { seedTeam, seedTemplates } from './seed.ts';

/** The format that is written. Secrets and scripts are digests. */
const format = 'holdfast/simulator/v2';
/** The previous format, which is still read. It contains secrets and scripts in plain text, and no `key`. */
const formerFormat = 'holdfast/simulator/v1';

/** The content of the state file: the world as JSON, with times in milliseconds since 1970. */
interface State {
  readonly format: typeof format | typeof formerFormat;
  /** The key of the digests. */
  readonly key?: string;
  readonly seed: number;
  /** The number of identifiers so far. */
  readonly ids: number;
  readonly team: Team;
  readonly capacity: readonly (readonly [string, number])[];
  /** The pending steps, soonest first. */
  readonly steps: readonly Step[];
  /** The rows of each table, in order of creation. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
}

/** Creates a world with a team in it. */
export function newWorld(settings: Settings, { tables, runners }: Collections): World {
  const world = createWorld(settings, tables, runners);
  seedTeam(world);
  return world;
}

/**
 * Loads the world from the state file, or creates one if there is no file. Rejects if the file is invalid, or if
 * another user may have written it.
 */
export async function openWorld(settings: Settings, collections: Collections): Promise<World> {
  const { stateFile } = settings;
  if (stateFile === undefined) return newWorld(settings, collections);
  const text = await readPrivateFile(stateFile).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return newWorld(settings, collections);
  const world = createWorld(settings, collections.tables, collections.runners);
  load(world, stateFile, text);
  return world;
}

/** Saves the present world. Resolves when it is durable, written as a whole. */
export type Save = () => Promise<void>;

/**
 * Creates the function that saves a world to a file. Calls during a save share the next save. The text of a row is
 * cached, since every change replaces the row.
 */
export function createSave(world: World, file: string): Save {
  const textOf = rememberedText(world);
  let last = prepare(file);
  let next: Promise<void> | undefined;
  const write = (): Promise<void> => {
    next = undefined;
    return writePrivateFile(file, stateText(world, textOf));
  };
  return () => (next ??= last = last.then(write, write));
}

/** Creates the directory, and removes the temporary files of a process that was killed during a save. */
async function prepare(file: string): Promise<void> {
  await createPrivateDirectory(dirname(file));
  for (const name of await readdir(dirname(file)))
    if (name.startsWith(`${basename(file)}.`) && /\.[0-9a-f]{12}\.part$/.test(name))
      await rm(join(dirname(file), name), { force: true });
}

type TextOf = (table: Table<Row>, row: Row) => string;

function rememberedText({ sealKey }: World): TextOf {
  const texts = new WeakMap<Row, string>();
  const digest = (secret: string) => seal(sealKey, secret);
  return (table, row) => {
    const json = texts.get(row) ?? JSON.stringify(table.sealed(row, digest));
    texts.set(row, json);
    return json;
  };
}

function stateText(world: World, textOf: TextOf): string {
  const { sealKey: key, ids, team, capacity, steps } = world;
  const state: Omit<State, 'tables'> = {
    format,
    key,
    seed: ids.seed,
    ids: ids.count,
    team,
    capacity: [...capacity],
    steps,
  };
  const tables = allTables(world).map(([name, table]) => {
    const rows = [...table].map((row) => textOf(table, row));
    return `"${name}":[${rows.join(',')}]`;
  });
  return `${JSON.stringify(state).slice(0, -1)},"tables":{${tables.join(',')}}}`;
}

function fill(world: World, state: State): void {
  if (state.key !== undefined) world.sealKey = state.key;
  world.ids = new Ids(state.seed, state.ids);
  world.team = state.team;
  for (const [key, available] of state.capacity) world.capacity.set(key, available);
  world.steps.push(...state.steps);
  for (const [name, table] of allTables(world))
    for (const row of state.tables[name] ?? []) table.insert(row);
  seedTemplates(world);
}

function load(world: World, file: string, text: string): void {
  try {
    const state = JSON.parse(text) as Partial<State> | null;
    if (state?.format !== format && state?.format !== formerFormat)
      throw new Error(`its format is not ${format}`);
    fill(world, state as State);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`cannot read the simulator's state file ${file}: ${reason}`, { cause });
  }
}
