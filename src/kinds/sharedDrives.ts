import { Type, type Static } from 'typebox';
import type { ResourceKind } from '../model/kind/kind.ts';
import { reference, regionField } from './lib/fields.ts';
import { bytes, field, identity, text } from './lib/read.ts';
import { rest, withIds } from './lib/rest.ts';
import { gigabytes, regionCode } from './lib/units.ts';

const schema = Type.Object(
  {
    size: Type.Integer({
      description: 'The size in GB. Fixed at creation.',
      minimum: 1,
      immutable: true,
    }),
    region: regionField,
    network: reference('privateNetworks', {
      description: 'The private network from which the drive is reached, in the same region.',
      immutable: true,
      sameRegion: true,
      blocksTargetDeletion: true,
    }),
  },
  { additionalProperties: false },
);

export default {
  name: 'sharedDrives',
  singular: 'shared drive',
  schema,
  examples: [
    {
      name: 'datasets',
      spec: { size: 500, region: 'ny2', network: 'research' } satisfies Static<typeof schema>,
    },
  ],
  /** Answers also contain a login, which is never read (FACTS 3.6). */
  ...rest(
    '/shared-drives',
    (item) => ({
      id: field(item, 'id', identity),
      name: field(item, 'name', text),
      spec: {
        size: gigabytes(field(item, 'size', bytes)),
        region: regionCode(field(item, 'region', text)),
        network: field(item, 'networkId', identity),
      },
    }),
    (spec) => withIds(spec, ['network']),
  ),
  listedPrice: { unitsOf: ({ size }) => Number(size) },
  waste: ({ spec }, { list }) =>
    list('machines')?.some((machine) => machine.spec['network'] === spec['network']) === false
      ? { reason: 'no machine is on its network', end: 'absent' }
      : undefined,
} satisfies ResourceKind;
