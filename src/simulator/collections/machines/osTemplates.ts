import type { OsTemplate } from '../../rows/machines.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { byName, list, named } from '../../world/list.ts';
import { time } from '../../world/show.ts';

const show = (template: OsTemplate) => ({ ...template, dtCreated: time(template.dtCreated) });

export const osTemplateHandlers: Handlers = {
  'osTemplates-list': (call: Call) =>
    list(call, {
      table: call.world.osTemplates,
      show,
      keep: [named(call.query.name)],
      orders: { name: byName },
      orderBy: 'name',
    }),
};
