import type { World } from '../../world/world.ts';
import type { MachineState } from './machine-states.ts';
import type { Machine, ScriptRun } from './machines.ts';

/** Shows the machine in another state, if it is still there. */
export function setState(world: World, id: string, state: MachineState): void {
  world.machines.patch(id, { state });
}

/** The machine is up: its script runs when it is due, and a dynamic address comes. */
export function bootUp(world: World, id: string): void {
  const machine = world.machines.get(id);
  if (!machine) return;
  const boots = machine.boots + 1;
  const run = dueScript(world, machine, boots);
  world.machines.patch(id, {
    state: 'ready',
    boots,
    ...(run && { scriptRan: true, scriptRuns: [...machine.scriptRuns, run] }),
    ...(machine.publicIpType === 'dynamic' && { publicIp: dynamicAddress(world) }),
  });
}

/** The machine is off: a dynamic address goes. */
export function powerOff(world: World, id: string): void {
  const machine = world.machines.get(id);
  if (!machine) return;
  const lost = machine.publicIpType === 'dynamic' && { publicIp: null };
  world.machines.patch(id, { state: 'off', ...lost });
}

/** A script runs at each boot; with isRunOnce at the first after it was assigned (FACTS 3.3). */
function dueScript(world: World, machine: Machine, boots: number): ScriptRun | undefined {
  const script = world.startupScripts.get(machine.startupScriptId ?? '');
  if (!script?.isEnabled || (script.isRunOnce && machine.scriptRan)) return undefined;
  return { scriptId: script.id, script: script.script, boot: boots, at: world.now };
}

function dynamicAddress(world: World): string {
  const serial = world.ids.serial();
  return `74.82.${(serial >> 8) & 255}.${serial & 255}`;
}
