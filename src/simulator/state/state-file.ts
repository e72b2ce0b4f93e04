import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeOwnDirectory, readOwnFile, writeOwnFile } from '../../model/files/privateFiles.ts';
import { runners } from '../handlers.ts';
import { tableNamed } from '../world/find.ts';
import { Ids } from '../world/ids.ts';
import type { Step } from '../world/jobs.ts';
import type { Settings } from '../options.ts';
import { sealRow } from './seal.ts';
import { seedTeam, seedTemplates } from './seed.ts';
import type { Row } from '../world/table.ts';
import { createWorld, type Tables, type Team, type World } from '../world/world.ts';

/** The form that is written: secrets and scripts are digests. */
const format = 'holdfast/simulator/v2';
/** The form before it, which is still read: secrets and scripts stand in it as they are, and it has no `key`. */
const formerFormat = 'holdfast/simulator/v1';

/** What the state file holds: the world as JSON, with times in milliseconds since 1970. */
interface State {
  readonly format: typeof format | typeof formerFormat;
  /** The key of the digests. */
  readonly key?: string;
  readonly seed: number;
  /** How many identifiers were made. */
  readonly ids: number;
  readonly team: Team;
  readonly capacity: readonly (readonly [string, number])[];
  /** The jobs that are not done, soonest first. */
  readonly steps: readonly Step[];
  /** The rows of each table, in order of creation. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
}

/** A new world with a team in it. */
export function newWorld(settings: Settings): World {
  const world = createWorld(settings, runners);
  seedTeam(world);
  return world;
}

/**
 * The world that the state file holds, else a new one. Rejects when the file cannot be used: when it holds no such world, or when another
 * user may have written it.
 */
export async function openWorld(settings: Settings): Promise<World> {
  const { stateFile } = settings;
  if (stateFile === undefined) return newWorld(settings);
  const text = await readOwnFile(stateFile).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return newWorld(settings);
  const world = createWorld(settings, runners);
  load(world, stateFile, text);
  return world;
}

/** Resolves once the state file holds the world as it is now: whole, and whatever becomes of this process. */
export type Save = () => Promise<void>;

/**
 * Saves a world to a file. Saves that are asked for while one is under way share the next one. The text of a row is made once, since a
 * change replaces the row.
 */
export function createSave(world: World, file: string): Save {
  const textOf = rememberedText(world);
  let last = prepare(file);
  let next: Promise<void> | undefined;
  const write = (): Promise<void> => {
    next = undefined;
    return writeOwnFile(file, stateText(world, textOf));
  };
  return () => (next ??= last = last.then(write, write));
}

/** Makes the directory, and removes what a process left that was killed while it wrote the file. */
async function prepare(file: string): Promise<void> {
  await makeOwnDirectory(dirname(file));
  for (const name of await readdir(dirname(file)))
    if (name.startsWith(`${basename(file)}.`) && /\.[0-9a-f]{12}\.part$/.test(name))
      await rm(join(dirname(file), name), { force: true });
}

type TextOf = (name: keyof Tables, row: Row) => string;

function rememberedText({ sealKey }: World): TextOf {
  const texts = new WeakMap<Row, string>();
  return (name, row) => {
    const known = texts.get(row) ?? JSON.stringify(sealRow(name, row, sealKey));
    texts.set(row, known);
    return known;
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
  const tables = (Object.keys(world.tables) as (keyof Tables)[]).map((name) => {
    const rows = [...tableNamed(world, name)].map((row) => textOf(name, row));
    return `"${name}":[${rows.join(',')}]`;
  });
  return `${JSON.stringify(state).slice(0, -1)},"tables":{${tables.join(',')}}}`;
}

function fill(world: World, state: State): void {
  if (state.key !== undefined) world.sealKey = state.key;
  world.ids = new Ids(state.seed, state.ids);
  world.team = state.team;
  for (const [key, left] of state.capacity) world.capacity.set(key, left);
  world.steps.push(...state.steps);
  for (const name of Object.keys(world.tables) as (keyof Tables)[])
    for (const row of state.tables[name] ?? []) tableNamed(world, name).insert(row);
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
