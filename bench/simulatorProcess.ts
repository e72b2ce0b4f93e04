import { seedMachines, startSimulator } from '../src/simulator/simulator.ts';

/** A simulator with N machines in a process of its own, so that its work is not counted as Holdfast's. Tells its URL to its parent. */
const simulator = await startSimulator({ record: false, maxMachines: 1_000_000 });
seedMachines(simulator.world, Number(process.argv[2]));
process.send?.({ url: simulator.url });
process.on('disconnect', () => process.exit(0));
