import { conflict } from '../http/refusal.ts';
import type { Region } from './regions.ts';
import type { World } from './world.ts';

const key = (machineType: string, region: Region) => `${machineType}@${region}`;

/** Whether a machine of this type is available in this region now. */
export const isAvailable = (world: World, machineType: string, region: Region): boolean =>
  (world.capacity.get(key(machineType, region)) ?? Infinity) > 0;

/** Takes the capacity of one machine. Throws a 409 if there is none. */
export function takeCapacity(world: World, machineType: string, region: Region): void {
  if (!isAvailable(world, machineType, region))
    throw conflict(
      'We are currently out of capacity for the selected machine type in this region. Try again in a few minutes.',
    );
  add(world, machineType, region, -1);
}

/** Returns the capacity of one machine. */
export const giveBackCapacity = (world: World, machineType: string, region: Region): void =>
  add(world, machineType, region, 1);

function add(world: World, machineType: string, region: Region, change: number): void {
  const available = world.capacity.get(key(machineType, region));
  if (available !== undefined) world.capacity.set(key(machineType, region), available + change);
}
