import { removeMachine } from '../../src/simulator/collections/machines/machinePower.ts';
import { unassignScript } from '../../src/simulator/collections/machines/startupScripts.ts';
import type { World } from '../../src/simulator/simulator.ts';
import type { Watch } from './invariants.ts';
import type { Disturbance } from './scenario.ts';

/** Changes the team as somebody else would, without Holdfast's knowledge. */
export function meddle(
  world: World,
  { how, pick }: Extract<Disturbance, { do: 'meddle' }>,
  watch: Pick<Watch, 'meddled' | 'switchedByOthers'>,
): void {
  const machines = [...world.machines].filter(
    ({ dtDeleted, busy }) => dtDeleted === null && busy === null,
  );
  const machine = machines[pick % Math.max(1, machines.length)];
  const now = world.settings.now();
  switch (how) {
    case 'delete a machine':
      if (machine) removeMachine(world, machine.id);
      return;
    case 'rename a machine':
      if (machine) world.machines.patch(machine.id, { name: `${machine.name}-renamed` });
      return;
    case 'stop a machine':
      if (machine?.state === 'ready') {
        watch.switchedByOthers(machine.id);
        world.machines.patch(machine.id, { state: 'off' });
      }
      return;
    case 'start a machine':
      if (machine?.state === 'off') world.machines.patch(machine.id, { state: 'ready' });
      return;
    case 'change a script':
      for (const { id, isRunOnce } of world.startupScripts)
        world.startupScripts.patch(id, { isRunOnce: !isRunOnce });
      return;
    case 'take a script off':
      for (const one of machines) unassignScript(world, one);
      return;
    case 'delete a network': {
      const [network] = [...world.privateNetworks].filter(
        ({ id }) => !machines.some(({ networkId }) => networkId === id),
      );
      if (network) world.privateNetworks.delete(network.id);
      return;
    }
    case 'make a namesake':
      if (machine) {
        const id = `foreign${pick}${now}`;
        world.machines.insert({
          ...machine,
          id,
          busy: null,
          state: 'ready',
          startupScriptId: null,
        });
        watch.meddled(id);
      }
      return;
    case 'free an address':
      for (const { id } of world.publicIps) world.publicIps.patch(id, { machineId: null });
  }
}
