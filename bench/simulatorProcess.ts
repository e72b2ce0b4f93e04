import { startSimulator } from '../src/simulator/simulator.ts';
import { seedTeam } from './team.ts';

/**
 * A simulator with N machines and their scripts in a process of its own, so that its work is not counted as Holdfast's. Tells its URL to its parent; a
 * message changes every machine in a field that nobody declares.
 */
const simulator = await startSimulator({ record: false, maxMachines: 1_000_000 });
seedTeam(simulator.world, Number(process.argv[2]));
process.send?.({ url: simulator.url });
process.on('message', () => {
  for (const { id, storageUsed } of simulator.world.machines)
    simulator.world.machines.patch(id, { storageUsed: storageUsed + 1 });
  process.send?.({ touched: true });
});
process.on('disconnect', () => process.exit(0));
