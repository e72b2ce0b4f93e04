import { defineConfig } from 'vitest/config';

/** The tests that mutants of `stryker.config.json` meet: those of what decides and of what is declared, which take seconds. */
export default defineConfig({
  test: {
    testTimeout: 20_000,
    include: [
      'test/reconcile/{apply,compare,guard,observe,plan,report}/{apply,backoff,capacity,cost,estimate,execute,guard,impliedFields,jobPoller,lostCreates,observe,order,partialFields,plan,planCorners,planWhole,power,recordPass,redact,report,resolve,savedPlan,spec,windows,writeOnly}.test.ts',
      'test/reconcile/corners.test.ts',
      'test/report/graph.test.ts',
      'test/mutation/desired.test.ts',
    ],
  },
});
