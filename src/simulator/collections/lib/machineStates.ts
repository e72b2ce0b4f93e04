import { conflict } from '../../http/refusal.ts';
import type { EventName } from '../machines/events.ts';
import type { Machine, MachineState } from '../machines/machines.ts';

const doing: Readonly<Record<EventName, string>> = {
  create: 'provisioning',
  deactivate: 'being deleted',
  restart: 'restarting',
  'snapshot-create': 'taking a snapshot',
  'snapshot-delete': 'deleting a snapshot',
  'snapshot-restore': 'restoring a snapshot',
  start: 'starting',
  stop: 'stopping',
  'template-create': 'being copied to a template',
  'vm-upgrade': 'upgrading',
};

/** Throws a 409 while a job runs on the machine, and in all states but these. */
export function requireIdle(machine: Machine, states: readonly MachineState[]): void {
  if (machine.busy) throw conflict(`This machine is currently ${doing[machine.busy]}.`);
  if (!states.includes(machine.state))
    throw conflict(`This machine is currently ${machine.state}.`);
}
