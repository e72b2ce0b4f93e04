import { defineConfig } from 'vitest/config';

/** The tests that mutants of `stryker.config.json` meet: those of what decides and of what is declared, which take seconds. */
export default defineConfig({
  test: {
    testTimeout: 20_000,
    include: [
      'test/reconcile/{apply,compare,guard,observe,plan,report}/**/{apply,backoff,bindings,capacity,compare,cost,create,customTemplates,dependencies,dependencyOrder,deployments,estimate,execute,fate,fields,guard,impliedFields,jobPoller,kindsInUse,listedRelations,lostCreates,matching,observe,observeOnly,order,partialFields,pending,plan,power,publicIps,recordPass,redact,relations,removal,replace,replacement,report,requiredLists,resolve,savedPlan,spec,unlisted,windows,writeOnly}.test.ts',
      'test/reconcile/{loop,passCache}.test.ts',
      'test/reconcile/plan/relations/references.test.ts',
      'test/report/graph.test.ts',
      'test/mutation/desired.test.ts',
    ],
  },
});
