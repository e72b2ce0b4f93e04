import type { Member } from '../../rows/team.ts';
import type { Accessor } from '../../rows/machines.ts';

import type { Call, Handlers } from '../../http/call.ts';
import { find, retire } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { conflict } from '../../http/refusal.ts';
import { deleted } from '../../world/show.ts';
import type { World } from '../../world/world.ts';
import { findMember, userSummary } from '../team/teamMembers.ts';

const show = ({ user, dtDeleted }: Accessor) => ({ user, ...deleted(dtDeleted) });

/** Grants access. Throws a 409 if the user already has it. */
export function addAccessor(world: World, machineId: string, member: Member): Accessor {
  const id = `${machineId}/${member.id}`;
  if (world.accessors.get(id)?.dtDeleted === null)
    throw conflict(`User ${member.id} already has access`);
  world.accessors.delete(id);
  return world.accessors.insert({
    id,
    machineId,
    user: userSummary(member),
    dtCreated: world.now,
    dtDeleted: null,
  });
}

const byUser = (a: Accessor, b: Accessor) => (a.user.id < b.user.id ? -1 : 1);

const called = ({ world, path }: Call) => {
  find(world.machines, path.id, 'Machine');
  return find(world.accessors, `${path.id}/${path.userId}`, 'Accessor');
};

export const accessorHandlers: Handlers = {
  'machines-listAccessors': (call: Call) =>
    list(call, {
      table: call.world.accessors,
      show,
      group: find(call.world.machines, call.path.id, 'Machine').id,
      orders: { id: byUser },
      orderBy: 'id',
    }),
  'machines-addAccessor': ({ world, path, body }: Call<{ readonly userId: string }>) => {
    const machine = find(world.machines, path.id, 'Machine');
    return show(addAccessor(world, machine.id, findMember(world, body.userId)));
  },
  'machines-getAccessor': (call: Call) => show(called(call)),
  'machines-removeAccessor': (call: Call) => show(retire(call.world, 'accessors', called(call))),
};
