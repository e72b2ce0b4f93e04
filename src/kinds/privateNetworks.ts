import { Type, type Static } from 'typebox';
import type { ResourceKind } from '../model/kind.ts';
import { regionField } from './lib/fields.ts';
import { rest } from './lib/rest.ts';
import { regionCode } from './lib/units.ts';

const schema = Type.Object(
  {
    region: regionField,
    migrateMachines: Type.Optional(
      Type.Boolean({
        description: 'Moves every machine that is on no private network to this one, at creation.',
        createOnly: true,
      }),
    ),
  },
  { additionalProperties: false },
);

interface PrivateNetwork {
  readonly id: string;
  readonly name: string;
  readonly region: string;
}

export default {
  name: 'privateNetworks',
  singular: 'private network',
  schema,
  examples: [{ name: 'research', spec: { region: 'ny2' } satisfies Static<typeof schema> }],
  ...rest<PrivateNetwork>('/private-networks', ({ id, name, region }) => ({
    id,
    name,
    spec: { region: regionCode(region) },
  })),
} satisfies ResourceKind;
