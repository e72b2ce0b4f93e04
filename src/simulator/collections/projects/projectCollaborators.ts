import type { Call } from '../../http/call.ts';
import { conflict } from '../../http/refusal.ts';
import { find, retire } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { deleted, time } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { Collection } from '../lib/collection.ts';
import { findMember, userSummary, type UserSummary } from '../team/teamMembers.ts';
import { calledProject } from './projects.ts';

/** A user in a project. Its id combines both ids. */
interface Collaborator extends Row {
  readonly projectId: string;
  readonly user: UserSummary;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly collaborators: Collaborator;
  }
}

const show = ({ user, dtCreated, dtDeleted }: Collaborator) => ({
  user,
  dtCreated: time(dtCreated),
  ...deleted(dtDeleted),
});

export default {
  tables: { collaborators: { groupOf: (collaborator) => collaborator.projectId } },
  handlers: {
    'projectCollaborators-list': (call: Call) =>
      list(call, { table: call.world.collaborators, show, group: calledProject(call).id }),
    'projectCollaborators-create': (call: Call<{ readonly userId: string }>) => {
      const { world, body } = call;
      const project = calledProject(call);
      const member = findMember(world, body.userId);
      const id = `${project.id}/${member.id}`;
      if (world.collaborators.get(id)?.dtDeleted === null)
        throw conflict(`User ${member.id} is a collaborator already`);
      world.collaborators.delete(id);
      const row = { id, projectId: project.id, user: userSummary(member) };
      return show(world.collaborators.insert({ ...row, dtCreated: world.now, dtDeleted: null }));
    },
    'projectCollaborators-delete': (call: Call) => {
      const id = `${calledProject(call).id}/${call.path.userId}`;
      const collaborator = find(call.world.collaborators, id, 'Collaborator');
      return { userId: retire(call.world, 'collaborators', collaborator).user.id };
    },
  },
} satisfies Collection;
