import type { World } from '../../world/world.ts';
import type { Machine, MachineState, ScriptRun } from '../machines/machines.ts';

/** Changes the state of a machine, if it still exists. */
export function setState(world: World, id: string, state: MachineState): void {
  world.machines.patch(id, { state });
}

/** Ends a boot: runs the startup script if it is due, and assigns a dynamic address. */
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

/** Ends a shutdown: releases a dynamic address. */
export function powerOff(world: World, id: string): void {
  const machine = world.machines.get(id);
  if (!machine) return;
  const lost = machine.publicIpType === 'dynamic' && { publicIp: null };
  world.machines.patch(id, { state: 'off', ...lost });
}

/**
 * Returns the script to run. A script runs at each boot; with isRunOnce, only at the first one after its assignment
 * (FACTS 3.3).
 */
function dueScript(world: World, machine: Machine, boots: number): ScriptRun | undefined {
  const script = world.startupScripts.get(machine.startupScriptId ?? '');
  if (!script?.isEnabled || (script.isRunOnce && machine.scriptRan)) return undefined;
  return { scriptId: script.id, script: script.script, boot: boots, at: world.now };
}

function dynamicAddress(world: World): string {
  const serial = world.ids.serial();
  return `74.82.${(serial >> 8) & 255}.${serial & 255}`;
}
