import { startSimulator } from '../src/simulator/simulator.ts';
import { seedTeam } from './team.ts';

/**
 * A simulator with N machines and their scripts, in its own process, so that its work is not counted as Holdfast's.
 * Sends its URL to the parent. At each message it changes every machine in a field that is not declared.
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
