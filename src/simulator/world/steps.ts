import type { EventName, MachineEvent } from '../rows/machines.ts';

import type { Runners, Step, World } from './world.ts';

/** The parameters of a job on a machine. */
export interface Job {
  readonly name: EventName;
  readonly machineId: string;
  /** The id of the job's row. Default: the machine. */
  readonly target?: string;
  /** Milliseconds from the start to the end. */
  readonly takes: number;
  readonly data?: unknown;
}

/** Schedules a step, after the others of the same time. */
export function schedule(world: World, delay: number, step: Omit<Step, 'at'>): void {
  const at = world.now + delay;
  const index = world.steps.findLastIndex((scheduled) => scheduled.at <= at);
  world.steps.splice(index + 1, 0, { at, ...step });
}

/** Runs all due steps in order of time, and sets the world's clock. */
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

/** Queues a job on a machine, marks the machine as busy, and returns the event, still `new`. */
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

/** Marks an event as done now. */
function finish(world: World, eventId: string): void {
  world.events.patch(eventId, { state: 'done', dtFinished: world.now });
}

/** The two runners of every job. */
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
    // A job that ends in an error without a text has taken effect: it is not always a failure (FACTS 1.4).
    const failed = event.fault !== null && event.fault.error !== null;
    world.runners[`${event.name}:${failed ? 'undo' : 'end'}`]?.(world, step);
  },
};
