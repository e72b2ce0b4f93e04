import type { Collection } from '../lib/collection.ts';

/** The vendor's CLI creates nothing for a team that is not in good standing. The simulated team always is. */
export default {
  handlers: {
    'billingAccountStanding-get': () => ({
      hasPaymentMethod: true,
      isAdminLocked: false,
      isInGoodStanding: true,
      messages: [],
    }),
  },
} satisfies Collection;
