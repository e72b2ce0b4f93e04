import type { Call } from '../../http/call.ts';
import { conflict } from '../../http/refusal.ts';
import { change, find, isDeleted, retire } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { deleted, time } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';

interface Project extends Row {
  readonly name: string;
  readonly repoName: string | null;
  readonly repoUrl: string | null;
  readonly repoNodeId: string | null;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly projects: Project;
  }
}

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

export default {
  tables: { projects: {} },
  handlers: {
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
  },
} satisfies Collection;

function empty(world: World, id: string): void {
  for (const row of world.secrets.in(projectScope(id))) world.secrets.delete(row.id);
  for (const row of world.tags.in(id)) world.tags.delete(row.id);
  for (const row of world.collaborators.in(id)) world.collaborators.delete(row.id);
  for (const row of world.models.filter(({ projectId }) => projectId === id))
    world.models.patch(row.id, { projectId: null });
}
