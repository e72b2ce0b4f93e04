import type { Policy } from '../src/reconcile/workspace.ts';

/** No limit to what may be asked of a simulator. */
export const unlimited = {
  requestsPerSecond: 1e6,
  burst: 1e6,
  concurrency: 8,
  adaptive: false,
};

/** The rules of measured passes: the defaults but for updates, of which the first pass has one for each script, and no throttle. */
export const benchPolicy: Policy = {
  mode: 'enforce',
  prune: [],
  limits: {
    updates: { percent: 100 },
    deletions: { percent: 10 },
    deletionsPerDay: 5,
    hourlyCost: null,
  },
  prices: {},
  visibility: 120_000,
  throttle: unlimited,
  windows: [],
  timezone: 'UTC',
  force: false,
};
