import type { Call } from '../../http/call.ts';
import { forbidden, notFound } from '../../http/refusal.ts';
import { change, find } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { time } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';

/** A user in the team. The id is the user's id. */
export interface Member extends Row {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly isOwner: boolean;
  readonly isAdmin: boolean;
  readonly dtConfirmed: number;
}

/** The part of a member that other resources show. */
export type UserSummary = Pick<Member, 'id' | 'email' | 'firstName' | 'lastName'>;

declare module '../../world/world.ts' {
  interface Rows {
    readonly members: Member;
  }
}

/** Returns the member with this user id. Throws a 404 if there is none. */
export const findMember = (world: World, userId: string): Member =>
  find(world.members, userId, 'User');

export const userSummary = ({ id, email, firstName, lastName }: Member): UserSummary => ({
  id,
  email,
  firstName,
  lastName,
});

const show = (member: Member) => ({
  isAdmin: member.isAdmin,
  isOwner: member.isOwner,
  dtConfirmed: time(member.dtConfirmed),
  user: { ...userSummary(member), lastActive: time(member.dtConfirmed) },
});

const showMembership = ({ isOwner, isAdmin, dtConfirmed }: Member) => ({
  isOwner,
  isAdmin,
  dtConfirmed: time(dtConfirmed),
});

type Role = 'owner' | 'admin' | 'member';

const roleOf = ({ isOwner, isAdmin }: Member): Role =>
  isOwner ? 'owner' : isAdmin ? 'admin' : 'member';

export default {
  tables: { members: {} },
  handlers: {
    'teamMemberships-listByTeamId': (call: Call<unknown, { readonly role?: Role }>) => {
      const { role } = call.query;
      requireTeam(call.world, call.path.teamId);
      return list(call, {
        table: call.world.members,
        show,
        keep: [role === undefined ? undefined : (member) => roleOf(member) === role],
        orders: { dtConfirmed: (a, b) => a.dtConfirmed - b.dtConfirmed },
        orderBy: 'dtConfirmed',
      });
    },
    'teamMemberships-update': (call: Call<{ readonly isAdmin: boolean }>) =>
      showMembership(change(call.world.members, called(call), call.body)),
    /** The user also loses access to machines and projects. */
    'teamMemberships-removeUser': (call: Call) => {
      const { world } = call;
      const member = called(call);
      world.members.delete(member.id);
      for (const table of [world.accessors, world.collaborators])
        for (const { id } of table.filter(({ user }) => user.id === member.id)) table.delete(id);
      return { ...showMembership(member), dtDeleted: time(world.now) };
    },
  },
} satisfies Collection;

/** Throws a 404 unless `id` is the team's id or its namespace, which the vendor's CLI sends in place of the id. */
export function requireTeam({ team }: World, id: string): void {
  if (id !== team.id && id !== team.namespace) throw notFound(`Team ${id}`);
}

function called(call: Call): Member {
  requireTeam(call.world, call.path.teamId);
  const member = findMember(call.world, call.path.userId);
  if (member.isOwner) throw forbidden('The owner of the team cannot be changed');
  return member;
}
