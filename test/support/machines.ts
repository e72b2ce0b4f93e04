import type { Reference } from '../../src/model/resource.ts';
import { declared, have, live, text, want } from './team.ts';

/** The template of the machines below. */
export const ubuntu = have('osTemplates', 'Ubuntu 22.04', {});
/** The required fields of a machine. */
const spec = {
  machineType: 'C5',
  template: live('osTemplates', 'Ubuntu 22.04'),
  region: 'ny2',
  diskSize: 50,
};
/** A declared machine, and a live one in sync with it. */
export const machine = (name: string, over: object = {}, lifecycle = {}) =>
  want('machines', name, { ...spec, ...over }, lifecycle);
export const liveMachine = (name: string, over: object = {}, rest = {}) =>
  have(
    'machines',
    name,
    { machineType: 'C5', region: 'ny2', diskSize: 50, state: 'running', ...over },
    { transition: 'ready', ...rest },
  );

/** A declared startup script, and a live one with its machines. */
export const script = (name: string, over: object = {}, lifecycle = {}) =>
  want('startupScripts', name, { script: text('echo'), ...over }, lifecycle);
export const liveScript = (name: string, ...assignedMachines: string[]) =>
  have('startupScripts', name, { isEnabled: true, isRunOnce: false, assignedMachines });

/** References to declared machines. */
export const machinesNamed = (...names: string[]): Reference[] =>
  names.map((name) => declared('machines', name));

/** A declared private network, and a live one in sync with it. */
export const network = (name: string, over: object = {}, lifecycle = {}) =>
  want('privateNetworks', name, { region: 'ny2', ...over }, lifecycle);
export const liveNetwork = (name: string, over = {}) =>
  have('privateNetworks', name, { region: 'ny2' }, over);
