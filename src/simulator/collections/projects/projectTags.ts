import type { Call } from '../../http/call.ts';
import { conflict } from '../../http/refusal.ts';
import { find } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { time } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { Collection } from '../lib/collection.ts';
import { calledProject } from './projects.ts';

/** A tag of a project. Its id combines the project's id and the name. */
interface Tag extends Row {
  readonly projectId: string;
  readonly number: number;
  readonly name: string;
  readonly dtCreated: number;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly tags: Tag;
  }
}

const show = ({ number, name, dtCreated }: Tag) => ({
  id: number,
  name,
  dtCreated: time(dtCreated),
});

export default {
  tables: { tags: { groupOf: (tag) => tag.projectId } },
  handlers: {
    'projectTags-list': (call: Call) =>
      list(call, { table: call.world.tags, show, group: calledProject(call).id }),
    'projectTags-add': (call: Call<{ readonly name: string }>) => {
      const { world, body } = call;
      const project = calledProject(call);
      const id = `${project.id}/${body.name}`;
      if (world.tags.get(id)) throw conflict(`Tag ${body.name} exists already`);
      const row = { id, projectId: project.id, number: world.ids.serial(), name: body.name };
      return show(world.tags.insert({ ...row, dtCreated: world.now }));
    },
    'projectTags-remove': (call: Call) => {
      const { world, query } = call;
      const tag = find(world.tags, `${calledProject(call).id}/${query.name}`, 'Tag');
      world.tags.delete(tag.id);
      return show(tag);
    },
  },
} satisfies Collection;
