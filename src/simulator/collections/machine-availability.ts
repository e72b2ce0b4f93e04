import type { Call, Handlers } from '../call.ts';
import { isAvailable } from '../capacity.ts';
import { findMachineType } from '../catalog.ts';
import { readRegion } from '../regions.ts';

/** What is not a machine type is not available. */
export const machineAvailabilityHandlers: Handlers = {
  'machineAvailability-list': ({ world, query }: Call) => {
    const type = findMachineType(query.machineType ?? '');
    return {
      available:
        type !== undefined && isAvailable(world, type.label, readRegion(query.region ?? '')),
    };
  },
};
