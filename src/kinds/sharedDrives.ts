import { Type, type Static } from 'typebox';
import type { ResourceKind } from '../model/kind.ts';
import { reference, regionField } from './lib/fields.ts';
import { rest, withIds } from './lib/rest.ts';
import { gigabytes, regionCode } from './lib/units.ts';

const schema = Type.Object(
  {
    size: Type.Integer({
      description: 'Gigabytes. Fixed at creation.',
      minimum: 1,
      immutable: true,
    }),
    region: regionField,
    network: reference('privateNetworks', {
      description: 'The private network that it is reached from, in the same region.',
      immutable: true,
      sameRegion: true,
      keepsTarget: true,
    }),
  },
  { additionalProperties: false },
);

/** What the answers carry and Holdfast reads; they hold a login too, which is left alone (FACTS 3.6). */
interface SharedDrive {
  readonly id: string;
  readonly name: string;
  readonly size: number | string;
  readonly region: string;
  readonly networkId: string;
}

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
  ...rest<SharedDrive>(
    '/shared-drives',
    ({ id, name, size, region, networkId }) => ({
      id,
      name,
      spec: { size: gigabytes(size), region: regionCode(region), network: networkId },
    }),
    (spec) => withIds(spec, ['network']),
  ),
} satisfies ResourceKind;
