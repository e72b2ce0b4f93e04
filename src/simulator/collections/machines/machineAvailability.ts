import type { Call, Handlers } from '../../http/call.ts';
import { isAvailable } from '../../world/capacity.ts';
import { findMachineType } from '../../world/catalog.ts';
import { readRegion } from '../../world/regions.ts';

/** An unknown machine type is not available. */
export const machineAvailabilityHandlers: Handlers = {
  'machineAvailability-list': ({ world, query }: Call) => {
    const type = findMachineType(query.machineType ?? '');
    return {
      available:
        type !== undefined && isAvailable(world, type.label, readRegion(query.region ?? '')),
    };
  },
};
