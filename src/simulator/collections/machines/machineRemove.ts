import { giveBackCapacity } from '../../world/capacity.ts';
import { retire } from '../../world/find.ts';
import type { World } from '../../world/world.ts';
import { unassignScript } from './startupScripts.ts';

/** Removes a machine with its snapshots and accessors. Its static address, script, and network remain (FACTS 3.1). */
export function removeMachine(world: World, id: string): void {
  const machine = world.machines.get(id);
  if (!machine) return;
  unassignScript(world, machine);
  for (const snapshot of world.snapshots.in(id)) world.snapshots.delete(snapshot.id);
  for (const accessor of world.accessors.in(id)) world.accessors.delete(accessor.id);
  for (const address of world.publicIps.filter(({ machineId }) => machineId === id))
    world.publicIps.patch(address.id, { machineId: null });
  giveBackCapacity(world, machine.machineType, machine.region);
  world.machines.patch(id, { state: 'off', busy: null, publicIp: null });
  retire(world, 'machines', world.machines.get(id) ?? machine);
}
