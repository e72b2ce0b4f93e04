import type { Tag } from '../../rows/projects.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { find } from '../../world/find.ts';
import { list } from '../../world/list.ts';
import { conflict } from '../../http/refusal.ts';
import { time } from '../../world/show.ts';
import { calledProject } from './projects.ts';

const show = ({ number, name, dtCreated }: Tag) => ({
  id: number,
  name,
  dtCreated: time(dtCreated),
});

export const projectTagHandlers: Handlers = {
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
};
