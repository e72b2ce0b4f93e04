import type { Handlers } from '../../http/call.ts';

/** The vendor's CLI creates nothing for a team that is not in good standing. The simulated team always is. */
export const accountStandingHandlers: Handlers = {
  'billingAccountStanding-get': () => ({
    hasPaymentMethod: true,
    isAdminLocked: false,
    isInGoodStanding: true,
    messages: [],
  }),
};
