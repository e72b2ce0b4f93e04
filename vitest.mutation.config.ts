import { defineConfig } from 'vitest/config';

/** The tests that mutants of `stryker.config.json` meet: those of what decides and of what is declared, which take seconds. */
export default defineConfig({
  test: {
    testTimeout: 20_000,
    include: [
      'test/unit/{apply,corners,cost,estimate,execute,follow,granted,graph,guard,kept,observe,order,partial,plan,planCorners,planWhole,power,remember,report,resolve,setbacks,showing,spec,stock,windows,witnesses,writeOnly}.test.ts',
      'test/mutation/desired.test.ts',
    ],
  },
});
