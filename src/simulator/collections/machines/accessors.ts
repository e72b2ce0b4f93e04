import type { Call } from '../../http/call.ts';
import { conflict } from '../../http/refusal.ts';
import { find, retire } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { deleted } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import { findMember, userSummary, type Member, type UserSummary } from '../team/teamMembers.ts';

/** A user's access to a machine. Its id combines both ids. */
interface Accessor extends Row {
  readonly machineId: string;
  readonly user: UserSummary;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly accessors: Accessor;
  }
}

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

export default {
  tables: { accessors: { groupOf: (accessor) => accessor.machineId } },
  handlers: {
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
  },
} satisfies Collection;
