import type { Project } from '../../rows/projects.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { change, find, isDeleted, retire } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { conflict } from '../../http/refusal.ts';
import { deleted, time } from '../../world/show.ts';
import type { World } from '../../world/world.ts';

const show = ({ dtDeleted, ...project }: Project) => ({
  ...project,
  dtCreated: time(project.dtCreated),
  ...deleted(dtDeleted),
});

interface ProjectBody {
  readonly name: string;
}

/** Returns the scope of a project's secrets, for `world.secrets.in(scope)`. */
export const projectScope = (projectId: string): string => `projects/${projectId}`;

/** Returns the project in the path. Throws a 404 if it does not exist. */
export const calledProject = ({ world, path }: Call): Project =>
  find(world.projects, path.id, 'Project');

export const projectHandlers: Handlers = {
  'projects-list': (call: Call) => list(call, { table: call.world.projects, show }),
  'projects-create': ({ world, body }: Call<ProjectBody>) =>
    show(
      world.projects.insert({
        id: world.ids.next('p'),
        name: body.name,
        repoName: null,
        repoUrl: null,
        repoNodeId: null,
        dtCreated: world.now,
        dtDeleted: null,
      }),
    ),
  'projects-get': (call: Call) => show(calledProject(call)),
  'projects-update': (call: Call<ProjectBody>) =>
    show(change(call.world.projects, calledProject(call), call.body)),
  /** Refused while the project has deployments. Everything else in the project is deleted with it. */
  'projects-delete': (call: Call) => {
    const project = calledProject(call);
    if (call.world.deployments.in(project.id).some((row) => !isDeleted(row)))
      throw conflict('Project still has deployments');
    empty(call.world, project.id);
    return show(retire(call.world, 'projects', project));
  },
};

function empty(world: World, id: string): void {
  for (const row of world.secrets.in(projectScope(id))) world.secrets.delete(row.id);
  for (const row of world.tags.in(id)) world.tags.delete(row.id);
  for (const row of world.collaborators.in(id)) world.collaborators.delete(row.id);
  for (const row of world.models.filter(({ projectId }) => projectId === id))
    world.models.patch(row.id, { projectId: null });
}
