import { Type, type Static } from 'typebox';
import type { ResourceKind } from '../model/kind.ts';
import { reference } from './lib/fields.ts';
import { rest, removedBy, startedBy } from './lib/rest.ts';

const schema = Type.Object(
  {
    machine: reference('machines', {
      description: 'The machine whose disk it holds. Fixed at creation.',
      immutable: true,
    }),
  },
  { additionalProperties: false },
);

interface Snapshot {
  readonly id: string;
  readonly name: string;
  readonly machineId: string;
  readonly isAutoSnapshot: boolean;
}

const path = '/snapshots';

export default {
  name: 'snapshots',
  singular: 'snapshot',
  schema,
  examples: [
    { name: 'trainer-1-base', spec: { machine: 'trainer-1' } satisfies Static<typeof schema> },
  ],
  /** Those that the schedule takes are the service's own, which rotates them (FACTS 3.7). */
  ...rest<Snapshot>(path, ({ id, name, machineId, isAutoSnapshot }) =>
    isAutoSnapshot ? undefined : { id, name, spec: { machine: machineId } },
  ),
  createJob: { verb: 'snapshot-create', field: 'machine' },
  create: async (api, name, { machine }) => {
    const answer = await api.post<{ event: { id: string }; data: { id: string } }>(path, {
      name,
      machineId: machine,
    });
    return { id: answer.data.id, ...startedBy(answer) };
  },
  remove: async (api, id) =>
    removedBy(await api.remove<{ event?: { id: string } }>(`${path}/${id}`)),
} satisfies ResourceKind;
