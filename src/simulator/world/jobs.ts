import type { EventName, MachineEvent } from '../collections/machines/events.ts';
import type { World } from './world.ts';

/** Something that will happen at a time. Plain data, so that it survives a restart of the simulator. */
export interface Step {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The name of the runner. */
  readonly run: string;
  /** Id of the row that it is about; the row may be gone by then. */
  readonly target: string;
  /** The machine event that the step belongs to. */
  readonly event?: string;
  /** What else the runner needs to know. */
  readonly data?: unknown;
}

/**
 * What steps do, by name. A job called `stop` has up to three: `stop:begin`, `stop:end`, and
 * `stop:undo` when it failed.
 */
export type Runners = Readonly<Record<string, (world: World, step: Step) => void>>;

/** What a job on a machine is started with. */
export interface Job {
  readonly name: EventName;
  readonly machineId: string;
  /** Id of what the job is about; default the machine. */
  readonly target?: string;
  /** Milliseconds from the beginning to the end. */
  readonly takes: number;
  readonly data?: unknown;
}

/** Plans a step, after those that are due at the same time. */
export function schedule(world: World, delay: number, step: Omit<Step, 'at'>): void {
  const at = world.now + delay;
  const index = world.steps.findLastIndex((other) => other.at <= at);
  world.steps.splice(index + 1, 0, { at, ...step });
}

/** Carries out, in order of time, every step that is due, and sets the world's clock. */
export function settle(world: World, now: number): boolean {
  let moved = false;
  for (let step = world.steps[0]; step && step.at <= now; step = world.steps[0]) {
    world.steps.shift();
    world.now = step.at;
    world.runners[step.run]?.(world, step);
    moved = true;
  }
  world.now = now;
  return moved;
}

/** Queues a job on a machine, marks the machine busy, and returns the event, still `new`. */
export function startJob(world: World, job: Job): MachineEvent {
  const event = world.events.insert({
    id: world.ids.next('ev'),
    name: job.name,
    state: 'new',
    machineId: job.machineId,
    dtCreated: world.now,
    dtStarted: null,
    dtFinished: null,
    error: null,
    fault: world.takeJobFault(),
  });
  world.machines.patch(job.machineId, { busy: job.name });
  const step = { target: job.target ?? job.machineId, event: event.id, data: job.data };
  const { queue } = world.settings.durations;
  schedule(world, queue, { run: 'job:begin', ...step });
  schedule(world, queue + job.takes, { run: 'job:end', ...step });
  return event;
}

/** Marks an event as done at the present time. */
function finish(world: World, eventId: string): void {
  world.events.patch(eventId, { state: 'done', dtFinished: world.now });
}

/** The two runners that every job goes through. */
export const jobRunners: Runners = {
  'job:begin': (world, step) => {
    const event = world.events.patch(step.event ?? '', {
      state: 'in progress',
      dtStarted: world.now,
    });
    if (event) world.runners[`${event.name}:begin`]?.(world, step);
  },
  'job:end': (world, step) => {
    const event = world.events.get(step.event ?? '');
    if (!event) return;
    world.machines.patch(event.machineId ?? '', { busy: null });
    if (event.fault)
      world.events.patch(event.id, {
        state: 'error',
        error: event.fault.error,
        dtFinished: world.now,
      });
    else finish(world, event.id);
    // An error without a text is not always a failure (FACTS 1.4): then the job has taken effect.
    const failed = event.fault !== null && event.fault.error !== null;
    world.runners[`${event.name}:${failed ? 'undo' : 'end'}`]?.(world, step);
  },
};
