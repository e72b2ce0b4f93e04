import { Type, type Static } from 'typebox';
import type { ResourceKind } from '../model/kind.ts';
import { reference } from './lib/fields.ts';
import { rest, startedBy } from './lib/rest.ts';
import { regionCode } from './lib/units.ts';

const schema = Type.Object(
  {
    machine: reference('machines', {
      description: 'The machine that it is made from, which must be off.',
      immutable: true,
    }),
  },
  { additionalProperties: false },
);

interface CustomTemplate {
  readonly id: string;
  readonly name: string;
  readonly parentMachineId: string;
  readonly region: string;
}

const path = '/custom-templates';

export default {
  name: 'customTemplates',
  singular: 'custom template',
  schema,
  examples: [
    { name: 'trainer-image', spec: { machine: 'golden' } satisfies Static<typeof schema> },
  ],
  ...rest<CustomTemplate>(path, ({ id, name, parentMachineId, region }) => ({
    id,
    name,
    spec: { machine: parentMachineId },
    facts: { region: regionCode(region) },
  })),
  createJob: { verb: 'template-create', field: 'machine' },
  create: async (api, name, { machine }) => {
    const answer = await api.post<{ event: { id: string }; data: { id: string } }>(path, {
      name,
      machineId: machine,
    });
    return { id: answer.data.id, ...startedBy(answer) };
  },
  createNeedsOff: 'machine',
} satisfies ResourceKind;
