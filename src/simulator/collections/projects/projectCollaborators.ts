import type { Collaborator } from '../../rows/projects.ts';

import type { Call, Handlers } from '../../http/call.ts';
import { find, retire } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { conflict } from '../../http/refusal.ts';
import { deleted, time } from '../../world/show.ts';
import { calledProject } from './projects.ts';
import { findMember, userSummary } from '../team/teamMembers.ts';

const show = ({ user, dtCreated, dtDeleted }: Collaborator) => ({
  user,
  dtCreated: time(dtCreated),
  ...deleted(dtDeleted),
});

export const projectCollaboratorHandlers: Handlers = {
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
};
