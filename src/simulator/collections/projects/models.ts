import type { Call } from '../../http/call.ts';
import { notFound } from '../../http/refusal.ts';
import { change, find } from '../../world/find.ts';
import { list, named } from '../../world/list.ts';
import { time } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { Collection } from '../lib/collection.ts';
import { calledProject } from './projects.ts';

interface Model extends Row {
  readonly name: string;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly teamId: string;
  readonly storageProviderId: string | null;
  readonly projectId: string | null;
  readonly dtCreated: number;
  readonly dtModified: number;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly models: Model;
  }
}

const show = (model: Model) => ({
  ...model,
  dtCreated: time(model.dtCreated),
  dtModified: time(model.dtModified),
});

interface CreateBody {
  readonly name: string;
  readonly description?: string | null;
  readonly storageProviderId?: string;
  readonly isPublic: boolean;
  readonly projectId?: string;
}

const ofProject = (id: string | undefined) =>
  id === undefined ? undefined : ({ projectId }: Model) => projectId === id;

export default {
  tables: { models: {} },
  handlers: {
    'models-list': (call: Call<unknown, { readonly projectId?: string }>) =>
      list(call, { table: call.world.models, show, keep: [ofProject(call.query.projectId)] }),
    'models-create': ({ world, body }: Call<CreateBody>) => {
      const { storageProviderId = null, projectId = null, description = null } = body;
      if (storageProviderId) find(world.storageProviders, storageProviderId, 'Storage provider');
      if (projectId) find(world.projects, projectId, 'Project');
      return show(
        world.models.insert({
          id: world.ids.next('mo'),
          name: body.name,
          description,
          isPublic: body.isPublic,
          teamId: world.team.id,
          storageProviderId,
          projectId,
          dtCreated: world.now,
          dtModified: world.now,
        }),
      );
    },
    'models-get': ({ world, path }: Call) => show(find(world.models, path.id, 'Model')),
    'models-delete': ({ world, path }: Call) => {
      const { id } = find(world.models, path.id, 'Model');
      world.models.delete(id);
      return { id };
    },
    'projectModels-list': (call: Call) =>
      list(call, {
        table: call.world.models,
        show,
        keep: [ofProject(calledProject(call).id), named(call.query.name)],
      }),
    'projectModels-add': (call: Call) => attach(call, calledProject(call).id),
    'projectModels-remove': (call: Call) => {
      const { id } = calledProject(call);
      if (call.world.models.get(call.path.modelId)?.projectId !== id)
        throw notFound(`Model ${call.path.modelId}`);
      return attach(call, null);
    },
  },
} satisfies Collection;

function attach({ world, path }: Call, projectId: string | null) {
  const model = find(world.models, path.modelId, 'Model');
  return show(change(world.models, model, { projectId, dtModified: world.now }));
}
