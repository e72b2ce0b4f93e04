import { defineConfig } from 'vitest/config';

/** The tests that mutants of `stryker.config.json` meet: those of what decides and of what is declared, which take seconds. */
export default defineConfig({
  test: {
    testTimeout: 20_000,
    include: [
      'test/reconcile/{apply,compare,guard,observe,plan,report}/{apply,backoff,capacity,compare,cost,estimate,execute,guard,impliedFields,jobPoller,lostCreates,observe,order,partialFields,plan,planCorners,planWhole,power,recordPass,redact,report,resolve,savedPlan,spec,unlisted,windows,writeOnly}.test.ts',
      'test/reconcile/loop.test.ts',
      'test/reconcile/plan/relations/references.test.ts',
      'test/report/graph.test.ts',
      'test/mutation/desired.test.ts',
    ],
  },
});
