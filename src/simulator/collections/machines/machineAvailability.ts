import type { Call } from '../../http/call.ts';
import { isAvailable } from '../../world/capacity.ts';
import { findMachineType } from '../../world/catalog.ts';
import { readRegion } from '../../world/regions.ts';
import type { Collection } from '../lib/collection.ts';

/** An unknown machine type is not available. */
export default {
  handlers: {
    'machineAvailability-list': ({ world, query }: Call) => {
      const type = findMachineType(query.machineType ?? '');
      return {
        available:
          type !== undefined && isAvailable(world, type.label, readRegion(query.region ?? '')),
      };
    },
  },
} satisfies Collection;
