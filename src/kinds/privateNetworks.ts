import { Type, type Static } from 'typebox';
import type { ResourceKind } from '../model/kind/kind.ts';
import { regionField } from './lib/fields.ts';
import { field, identity, text } from './lib/read.ts';
import { rest } from './lib/rest.ts';
import { regionCode } from './lib/units.ts';

const schema = Type.Object(
  {
    region: regionField,
    migrateMachines: Type.Optional(
      Type.Boolean({
        description: 'At creation, moves every machine without a private network to this one.',
        createOnly: true,
      }),
    ),
  },
  { additionalProperties: false },
);

export default {
  name: 'privateNetworks',
  singular: 'private network',
  schema,
  examples: [{ name: 'research', spec: { region: 'ny2' } satisfies Static<typeof schema> }],
  ...rest('/private-networks', (item) => ({
    id: field(item, 'id', identity),
    name: field(item, 'name', text),
    spec: { region: regionCode(field(item, 'region', text)) },
  })),
  terraformTypes: ['paperspace_network'],
  listedPrice: { unitsOf: () => 1 },
  waste: ({ id }, { list }) => {
    const users = [list('machines'), list('sharedDrives')];
    return users.every((items) => items?.every(({ spec }) => spec['network'] !== id))
      ? { reason: 'neither a machine nor a drive is on it', end: 'absent' }
      : undefined;
  },
} satisfies ResourceKind;
