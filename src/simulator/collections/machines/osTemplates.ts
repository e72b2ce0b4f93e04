import type { Call } from '../../http/call.ts';
import { byName, list, named } from '../../world/list.ts';
import { time } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { Collection } from '../lib/collection.ts';

export interface TemplateMachineType {
  readonly machineTypeLabel: string;
  readonly isAvailable: boolean;
}

export interface OsTemplate extends Row {
  readonly name: string;
  readonly agentType: string;
  readonly operatingSystemLabel: string;
  readonly defaultSizeGb: number | null;
  readonly availableMachineTypes: readonly TemplateMachineType[];
  readonly dtCreated: number;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly osTemplates: OsTemplate;
  }
}

const show = (template: OsTemplate) => ({ ...template, dtCreated: time(template.dtCreated) });

export default {
  tables: { osTemplates: {} },
  handlers: {
    'osTemplates-list': (call: Call) =>
      list(call, {
        table: call.world.osTemplates,
        show,
        keep: [named(call.query.name)],
        orders: { name: byName },
        orderBy: 'name',
      }),
  },
} satisfies Collection;
