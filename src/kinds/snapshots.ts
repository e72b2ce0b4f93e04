import { Type, type Static } from 'typebox';
import type { ResourceKind } from '../model/kind/kind.ts';
import { reference } from './lib/fields.ts';
import { pathTo } from './lib/path.ts';
import { field, flag, identity, text } from './lib/read.ts';
import { createdWithJob, removeWithJob, rest } from './lib/rest.ts';

const schema = Type.Object(
  {
    machine: reference('machines', {
      description: 'The machine whose disk the snapshot contains. Fixed at creation.',
      immutable: true,
    }),
  },
  { additionalProperties: false },
);

const path = '/snapshots';

export default {
  name: 'snapshots',
  singular: 'snapshot',
  schema,
  examples: [
    { name: 'trainer-1-base', spec: { machine: 'trainer-1' } satisfies Static<typeof schema> },
  ],
  /** Automatic snapshots are left out: the service owns and rotates them (FACTS 3.7). */
  ...rest(path, (item) => {
    const snapshot = {
      id: field(item, 'id', identity),
      name: field(item, 'name', text),
      spec: { machine: field(item, 'machineId', identity) },
    };
    return field(item, 'isAutoSnapshot', flag) ? undefined : snapshot;
  }),
  createJob: { verb: 'snapshot-create', field: 'machine' },
  create: (api, name, { machine }) => api.post(path, { name, machineId: machine }, createdWithJob),
  remove: (api, id) => removeWithJob(api, pathTo(path, id)),
  listedPrice: { unitsOf: () => 1 },
  waste: ({ spec }, { list }) =>
    list('machines')?.some(({ id }) => id === spec['machine']) === false
      ? { reason: 'its machine is gone', end: 'absent' }
      : undefined,
} satisfies ResourceKind;
