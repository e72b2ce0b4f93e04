import type { Call } from '../../http/call.ts';
import { change, find, retire } from '../../world/find.ts';
import { byName, list, named, type PageAnswer } from '../../world/list.ts';
import type { Region } from '../../world/regions.ts';
import { deleted, showRegion, time, without } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import { requireIdle } from '../lib/machineStates.ts';
import { templateOf } from '../lib/templates.ts';
import { showEvent, startJob } from './events.ts';
import type { Machine } from './machines.ts';
import type { TemplateMachineType } from './osTemplates.ts';

interface CustomTemplate extends Row {
  readonly name: string;
  readonly agentType: string;
  readonly operatingSystemLabel: string;
  readonly region: Region;
  readonly defaultSizeGb: number;
  readonly availableMachineTypes: readonly TemplateMachineType[];
  readonly parentMachineId: string;
  /** False while the image is created; no machine can be created from it until then. */
  readonly isReady: boolean;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly customTemplates: CustomTemplate;
  }
}

const show = (world: World) => (template: CustomTemplate) => ({
  ...without(template, 'isReady', 'dtDeleted'),
  region: showRegion(world, template.region),
  dtCreated: time(template.dtCreated),
  ...deleted(template.dtDeleted),
});

const called = ({ world, path }: Call) => find(world.customTemplates, path.id, 'Template');

export default {
  tables: { customTemplates: {} },
  handlers: {
    'customTemplates-list': (call: Call) => {
      const { name, machineId } = call.query;
      const answer = list(call, {
        table: call.world.customTemplates,
        show: show(call.world),
        keep: [
          named(name),
          machineId === undefined ? undefined : (row) => row.parentMachineId === machineId,
        ],
        orders: { name: byName },
      });
      return call.world.settings.repeatTemplates ? repeating(call, answer) : answer;
    },
    'customTemplates-create': ({ world, body }: Call<CreateBody>) => {
      const machine = find(world.machines, body.machineId, 'Machine');
      requireIdle(machine, ['off']);
      const template = world.customTemplates.insert(templateFrom(world, machine, body.name));
      const event = startJob(world, {
        name: 'template-create',
        machineId: machine.id,
        target: template.id,
        takes: world.settings.durations.template,
      });
      return { event: showEvent(event), data: show(world)(template) };
    },
    'customTemplates-get': (call: Call) => show(call.world)(called(call)),
    'customTemplates-update': (call: Call<{ readonly name: string }>) =>
      show(call.world)(change(call.world.customTemplates, called(call), call.body)),
    'customTemplates-delete': (call: Call) =>
      show(call.world)(retire(call.world, 'customTemplates', called(call))),
  },
  runners: {
    'template-create:end': (world, { target }) => {
      world.customTemplates.patch(target, { isReady: true });
    },
    'template-create:undo': (world, { target }) => {
      const template = world.customTemplates.get(target);
      if (template) retire(world, 'customTemplates', template);
    },
  },
} satisfies Collection;

interface CreateBody {
  readonly name: string;
  readonly machineId: string;
}

const templateFrom = (world: World, machine: Machine, name: string): CustomTemplate => ({
  id: world.ids.next('t'),
  name,
  agentType: machine.agentType,
  operatingSystemLabel: machine.os,
  region: machine.region,
  defaultSizeGb: machine.diskSize,
  availableMachineTypes: templateOf(world, machine)?.availableMachineTypes ?? [],
  parentMachineId: machine.id,
  isReady: false,
  dtCreated: world.now,
  dtDeleted: null,
});

/** Pages may repeat items (FACTS 3.8): repeats the last item of the previous page. */
function repeating({ world, query }: Call, answer: PageAnswer): PageAnswer {
  const last = world.customTemplates.get(query.after ?? '');
  return last ? { ...answer, items: [show(world)(last), ...answer.items] } : answer;
}
