import { Type, type Static } from 'typebox';
import type { ResourceKind } from '../model/kind/kind.ts';
import { reference } from './lib/fields.ts';
import { field, identity, text } from './lib/read.ts';
import { createdWithJob, rest } from './lib/rest.ts';
import { regionCode } from './lib/units.ts';

const schema = Type.Object(
  {
    machine: reference('machines', {
      description: 'The machine from which the template is created. It must be off.',
      immutable: true,
    }),
  },
  { additionalProperties: false },
);

const path = '/custom-templates';

export default {
  name: 'customTemplates',
  singular: 'custom template',
  schema,
  examples: [
    { name: 'trainer-image', spec: { machine: 'golden' } satisfies Static<typeof schema> },
  ],
  ...rest(path, (item) => ({
    id: field(item, 'id', identity),
    name: field(item, 'name', text),
    spec: { machine: field(item, 'parentMachineId', identity) },
    attributes: { region: regionCode(field(item, 'region', text)) },
  })),
  createJob: { verb: 'template-create', field: 'machine' },
  create: (api, name, { machine }) => api.post(path, { name, machineId: machine }, createdWithJob),
  requiresPoweredOff: 'machine',
  listedPrice: { unitsOf: () => 1 },
} satisfies ResourceKind;
