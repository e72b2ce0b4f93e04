import type { Call } from '../../http/call.ts';
import { conflict, notFound } from '../../http/refusal.ts';
import { change, find, retire } from '../../world/find.ts';
import { byName, list, named } from '../../world/list.ts';
import { time, timeOrNull, without } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import type { Machine } from './machines.ts';

interface StartupScript extends Row {
  readonly name: string;
  /** The text. No answer shows it. */
  readonly script: string;
  readonly description: string | null;
  readonly isEnabled: boolean;
  readonly isRunOnce: boolean;
  readonly assignedMachineIds: readonly string[];
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly startupScripts: StartupScript;
  }
}

const show = (row: StartupScript) => ({
  ...without(row, 'script'),
  dtCreated: time(row.dtCreated),
  dtDeleted: timeOrNull(row.dtDeleted),
});

/**
 * Assigns a script, which runs at the machine's next boot. A second script is refused or replaces the first one, as
 * `secondScript` says.
 */
export function assignScript(world: World, machine: Machine, script: StartupScript): void {
  if (machine.startupScriptId === script.id) return;
  if (machine.startupScriptId !== null) {
    if (world.settings.secondScript === 'refuse')
      throw conflict('Machine already has a startup script');
    unassignScript(world, machine);
  }
  world.machines.patch(machine.id, { startupScriptId: script.id, scriptRan: false });
  const { assignedMachineIds } = find(world.startupScripts, script.id, 'Startup script');
  world.startupScripts.patch(script.id, {
    assignedMachineIds: [...assignedMachineIds, machine.id],
  });
}

/** Unassigns the machine's script, if it has one. */
export function unassignScript(world: World, machine: Machine): void {
  const script = world.startupScripts.get(machine.startupScriptId ?? '');
  world.machines.patch(machine.id, { startupScriptId: null, scriptRan: false });
  if (script)
    world.startupScripts.patch(script.id, {
      assignedMachineIds: script.assignedMachineIds.filter((id) => id !== machine.id),
    });
}

export default {
  tables: { startupScripts: { seal: (row, digest) => ({ ...row, script: digest(row.script) }) } },
  handlers: {
    'startupScripts-list': (call: Call) =>
      list(call, {
        table: call.world.startupScripts,
        show,
        keep: [named(call.query.name)],
        orders: { name: byName },
      }),
    'startupScripts-create': ({ world, body }: Call<CreateBody>) =>
      show(
        world.startupScripts.insert({
          id: world.ids.next('sc'),
          name: body.name,
          script: body.script,
          description: null,
          isEnabled: true,
          isRunOnce: body.isRunOnce ?? false,
          assignedMachineIds: [],
          dtCreated: world.now,
          dtDeleted: null,
        }),
      ),
    'startupScripts-get': (call: Call) => show(called(call)),
    'startupScripts-update': (call: Call<UpdateBody>) =>
      show(change(call.world.startupScripts, called(call), call.body)),
    'startupScripts-delete': (call: Call) => {
      const script = called(call);
      for (const id of script.assignedMachineIds)
        call.world.machines.patch(id, { startupScriptId: null, scriptRan: false });
      const detached = change(call.world.startupScripts, script, { assignedMachineIds: [] });
      return show(retire(call.world, 'startupScripts', detached));
    },
    'startupScripts-assign': (call: Call<MachineBody>) => {
      assignScript(call.world, machineOf(call), called(call));
      return show(called(call));
    },
    'startupScripts-unassign': (call: Call<MachineBody>) => {
      const machine = machineOf(call);
      if (machine.startupScriptId !== called(call).id)
        throw notFound(`Assignment to machine ${machine.id}`);
      unassignScript(call.world, machine);
      return show(called(call));
    },
  },
} satisfies Collection;

interface CreateBody {
  readonly name: string;
  readonly script: string;
  readonly isRunOnce?: boolean;
}

type UpdateBody = Partial<CreateBody> & { readonly isEnabled?: boolean };

interface MachineBody {
  readonly machineId: string;
}

const called = ({ world, path }: Call) => find(world.startupScripts, path.id, 'Startup script');

/** Looks up the script first, so that a missing script is the error that is reported. */
function machineOf(call: Call<MachineBody>): Machine {
  called(call);
  return find(call.world.machines, call.body.machineId, 'Machine');
}
