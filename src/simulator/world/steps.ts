import type { Step, World } from './world.ts';

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
