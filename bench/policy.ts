import type { Policy } from '../src/reconcile/workspace.ts';

/** A throttle that never delays a request to the simulator. */
export const unlimited = {
  requestsPerSecond: 1e6,
  burst: 1e6,
  concurrency: 8,
  adaptive: false,
};

/**
 * The policy of measured passes: the defaults, except no throttle and no limit of updates, since the first pass updates
 * each script.
 */
export const benchPolicy: Policy = {
  mode: 'enforce',
  prune: [],
  limits: {
    updates: { percent: 100 },
    deletions: { percent: 10 },
    deletionsPerDay: 5,
    hourlyCost: null,
    disruption: {},
  },
  prices: {},
  grace: 30_000,
  visibility: 120_000,
  throttle: unlimited,
  budgets: [],
  windows: [],
  timezone: 'UTC',
  secrets: { env: [], providers: {} },
  force: false,
};
