import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { runners } from './collections.ts';
import { tableNamed } from './find.ts';
import { Ids } from './ids.ts';
import type { Step } from './jobs.ts';
import type { Settings } from './options.ts';
import { seedTeam } from './seed.ts';
import type { Row } from './table.ts';
import { createWorld, type Tables, type Team, type World } from './world.ts';

const format = 'holdfast/simulator/v1';
const pause = 200;

/** What the state file holds: the world as JSON, with times in milliseconds since 1970. */
interface State {
  readonly format: typeof format;
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

/** The world of the state file, else a new one with a team in it. Throws when the file is no good. */
export function openWorld(settings: Settings): World {
  const world = createWorld(settings, runners);
  const { stateFile } = settings;
  if (stateFile !== undefined && existsSync(stateFile)) load(world, stateFile);
  else seedTeam(world);
  return world;
}

/** Writes the state file after writes: at most once in 200 ms, and atomically. */
export class Keeper {
  readonly #world: World;
  #timer: NodeJS.Timeout | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** Notes that a request has been served. Reads change nothing but by the jobs they let happen. */
  touch(method: string): void {
    if (this.#world.settings.stateFile === undefined || method === 'GET') return;
    this.#timer ??= setTimeout(() => this.save(), pause).unref();
  }

  /** Saves now, if there is a file to save to. */
  save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { stateFile } = this.#world.settings;
    if (stateFile !== undefined) writeState(stateFile, stateOf(this.#world));
  }
}

function stateOf(world: World): State {
  const names = Object.keys(world.tables) as (keyof Tables)[];
  return {
    format,
    seed: world.ids.seed,
    ids: world.ids.count,
    team: world.team,
    capacity: [...world.capacity],
    steps: world.steps,
    tables: Object.fromEntries(names.map((name) => [name, [...tableNamed(world, name)]])),
  };
}

function fill(world: World, state: State): void {
  world.ids = new Ids(state.seed, state.ids);
  world.team = state.team;
  for (const [key, left] of state.capacity) world.capacity.set(key, left);
  world.steps.push(...state.steps);
  for (const name of Object.keys(world.tables) as (keyof Tables)[])
    for (const row of state.tables[name] ?? []) tableNamed(world, name).insert(row);
}

function load(world: World, file: string): void {
  try {
    const state = JSON.parse(readFileSync(file, 'utf8')) as Partial<State> | null;
    if (state?.format !== format) throw new Error(`its format is not ${format}`);
    fill(world, state as State);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`cannot read the simulator's state file ${file}: ${reason}`, { cause });
  }
}

function writeState(file: string, state: State): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(state));
  renameSync(temporary, file);
}
